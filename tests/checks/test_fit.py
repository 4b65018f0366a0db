"""The combinations of fit_cases.csv, and vLLM's identity on those whose parts were measured."""

from typing import get_args

import pytest

from bench.fit import Case, cases, main, table
from slipway.catalog.units import GIB
from slipway.checks.fit import Engine
from slipway.checks.fit.engines.engine import kv_room
from slipway.checks.fit.memory import memory

CASES = {case.name: case for case in cases()}


@pytest.mark.parametrize("case", list(CASES.values()), ids=lambda case: case.name)
def test_known_combinations_are_decided_as_they_turned_out(case: Case) -> None:
    answer = case.answer
    assert answer.ok is case.fits, [str(finding) for finding in answer.findings]


def test_the_table_covers_every_engine_both_ways_and_each_case_has_its_source() -> None:
    rows = table("fit_cases.csv")
    assert len(rows) >= 180
    assert len({row["case"] for row in rows}) == len(rows)
    assert {(row["engine"], row["fits"]) for row in rows} == {
        (engine, fits) for engine in get_args(Engine) for fits in ("yes", "no")
    }
    assert {row["confidence"] for row in rows} == {"measured", "documented", "stated", "arithmetic"}
    assert all(row["source"] for row in rows)
    for what in ("draft", "lora"):
        assert {row["fits"] for row in rows if row[what]} == {"yes", "no"}, what


def test_no_excluded_combination_is_in_the_table() -> None:
    excluded = table("fit_excluded.csv")
    assert all(row["reason"] for row in excluded)
    assert not {row["case"] for row in excluded} & set(CASES)


def test_the_bench_prints_the_agreement(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert f"{len(CASES)} of {len(CASES)} cases agree (100.0%)" in capsys.readouterr().out


MEASURED = [
    # case, weights, activations, beyond torch, KV cache: GiB a GPU; llm-d-planner and vllm#10517.
    ("1", 14.99, 4.76, 0.13, 51.38),
    ("2", 13.47, 7.38, 0.13, 50.28),
    ("3", 64.38, 7.38, 0.13, 3.33),
    ("4", 33.88, 4.84, 0.55, 32.00),
    ("6", 61.03, 5.64, 0.15, 4.45),
    ("8", 30.59, 5.64, 0.55, 34.49),
    ("14", 14.99, 2.07, 0.35, 3.81),
]


@pytest.mark.parametrize(("name", "weights", "activations", "beyond_torch", "kv_cache"), MEASURED, ids=lambda v: str(v))
def test_vllms_identity_gives_the_kv_cache_that_its_log_names(
    name: str, weights: float, activations: float, beyond_torch: float, kv_cache: float
) -> None:
    replica = CASES[name].replica
    room = kv_room(replica.memory_gib, replica.memory_utilization, weights, activations, beyond_torch)
    assert room == pytest.approx(kv_cache, abs=0.01)


@pytest.mark.parametrize(("name", "weights", "activations", "beyond_torch", "kv_cache"), MEASURED, ids=lambda v: str(v))
def test_estimates_lie_within_a_tenth_of_what_vllm_measured(
    name: str, weights: float, activations: float, beyond_torch: float, kv_cache: float
) -> None:
    use = memory(CASES[name].replica)
    assert use.weights / GIB == pytest.approx(weights, rel=0.01)
    assert use.activations / GIB == pytest.approx(activations, rel=0.03)
    assert use.kv_cache / GIB == pytest.approx(kv_cache, rel=0.1)


def test_vllm_counts_as_many_tokens_as_its_log() -> None:
    use = memory(CASES["1"].replica)
    assert use.tokens == pytest.approx(420_904, rel=0.002)
