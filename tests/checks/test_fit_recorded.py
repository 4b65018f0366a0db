"""Predictions against `fit_recorded.json`: what vLLM 0.23 logged when it started on an H200."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slipway.catalog.architecture import Model
from slipway.catalog.config_json import model_from_config
from slipway.catalog.units import GIB
from slipway.checks.fit import Draft, KvDtype, Replica, fit, vllm_adapters
from slipway.checks.fit.engines.vllm import H200_BAND
from slipway.checks.fit.memory import memory

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("fit_recorded.json").read_text(encoding="utf-8"))
RUNS: list[dict[str, Any]] = RECORDED["runs"]
H200_GIB = 139.8
PAGE = Path(__file__).parents[2] / "docs" / "fit.md"
each_run = pytest.mark.parametrize("run", RUNS, ids=lambda run: run["run"])


def recorded_model(name: str) -> Model:
    return model_from_config(name, RECORDED["configs"][name])


def replica(run: dict[str, Any]) -> Replica:
    settings = run["settings"]
    speculation = settings.get("speculative_config")
    kv_dtype: KvDtype | None = "fp8" if settings.get("kv_cache_dtype") == "fp8" else None
    return Replica(
        engine="vllm",
        model=recorded_model(run["model"]),
        memory_gib=H200_GIB,
        chips=1,
        memory_utilization=settings["gpu_memory_utilization"],
        max_model_len=settings["max_model_len"],
        max_num_seqs=settings["max_num_seqs"],
        max_num_batched_tokens=settings["max_num_batched_tokens"],
        kv_dtype=kv_dtype,
        draft=Draft(model=recorded_model(speculation["model"])) if speculation else None,
        adapters=vllm_adapters(settings["max_loras"], settings["max_lora_rank"], None)
        if settings.get("enable_lora")
        else None,
        version=(0, 23),
    )


def line(run: dict[str, Any]) -> str:
    """The row of the table in docs/."""
    use = memory(replica(run))
    loaded = (use.weights + use.draft_weights + use.adapters) / GIB
    weights, tokens = run["weights_gib"], run["kv_tokens"]
    return (
        f"| {run['run']} | {weights:.2f} | {loaded:.2f} | {100 * (loaded / weights - 1):+z.1f} | "
        f"{tokens} | {use.tokens} | {100 * (use.tokens / tokens - 1):+z.1f} |"
    )


@each_run
def test_weights_are_within_a_hundredth_of_what_vllm_loaded(run: dict[str, Any]) -> None:
    use = memory(replica(run))
    loaded = use.weights + use.draft_weights + use.adapters
    assert loaded / GIB == pytest.approx(run["weights_gib"], rel=H200_BAND.weights)


@each_run
def test_the_cache_holds_as_many_tokens_as_vllm_counted_within_two_hundredths(run: dict[str, Any]) -> None:
    assert memory(replica(run)).tokens == pytest.approx(run["kv_tokens"], rel=H200_BAND.tokens)


@each_run
def test_every_configuration_that_started_fits(run: dict[str, Any]) -> None:
    answer = fit(replica(run), "servers.it")
    assert answer.ok
    assert answer.band is H200_BAND


def test_the_band_is_of_such_chips_only_and_says_where_it_was_measured() -> None:
    run = RUNS[0]
    assert str(H200_BAND) == (
        "measured within 1% of the weights and 2% of the tokens (vLLM 0.23 on one H200, 11 configurations)"
    )
    assert len(RUNS) == 11
    smaller = fit(replica(run | {"settings": run["settings"] | {"max_num_seqs": 64}}), "servers.it")
    assert smaller.band is not None
    other = fit(replace(replica(run), memory_gib=79.18), "servers.it")
    assert other.band is None


def test_the_page_in_docs_shows_these_runs_and_todays_predictions() -> None:
    shown = PAGE.read_text(encoding="utf-8").splitlines()
    assert [row for row in shown if row in {line(run) for run in RUNS}] == [line(run) for run in RUNS]
