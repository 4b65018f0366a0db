import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast, get_args

import pytest

from catalog.architecture import Model, WeightDtype
from catalog.layers import Vision
from catalog.models import MODELS
from catalog.units import GIB
from checks.fit import Adapters, Draft, Engine, KvDtype, Replica, fit
from checks.fit.engines.engine import kv_room
from checks.fit.memory import memory

HERE = Path(__file__).parent

MEMORY_GIB = {
    "A10G": 22.18,
    "RTX 3090": 23.58,
    "A100-40": 39.38,
    "H100": 79.18,
    "H200": 139.8,
    "A100-80": 79.25,
    "L40S": 44.53,
    "16 GB": 15.9,
    "v6e": 31.25,
    "v5e": 15.75,
}
"""As drivers and runtimes report it; those of TPU chips and of the unnamed 16 GB card are by their marketing number."""

MISTRAL_SMALL = Model(
    name="Mistral-Small-3.2-24B",
    model_type="llama",
    parameters=round(44.76 * GIB / 2),
    vision=Vision(parameters=round(44.76 * GIB / 2) - 23_572_403_200),
    layers=40,
    hidden=5120,
    intermediate=32768,
    heads=32,
    kv_heads=8,
    head_dim=128,
    vocabulary=131072,
    max_positions=131072,
    source="config.json of Mistral-Small-24B; the vision tower by the 44.76 GiB that vLLM loaded",
)
QWEN_VL = replace(
    MODELS["Qwen/Qwen2.5-72B-Instruct"],
    name="Qwen2.5-VL-72B",
    parameters=round(4 * 34.43 * GIB / 2),
    vision=Vision(parameters=round(4 * 34.43 * GIB / 2) - 72_706_203_648),
    source="Qwen2.5-72B; the vision tower by the 34.43 GiB a GPU that vLLM loaded",
)
EXTRA_MODELS = {model.name: model for model in (MISTRAL_SMALL, QWEN_VL)}


@dataclass(frozen=True)
class Case:
    name: str
    fits: bool
    replica: Replica


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


def model_named(name: str) -> Model:
    return EXTRA_MODELS.get(name) or MODELS[name]


def read_case(row: dict[str, str]) -> Case:
    def number(key: str) -> int | None:
        return int(row[key]) if row[key] else None

    draft = Draft(model=model_named(row["draft"]), weight_dtype="fp8") if row["draft"] else None
    lora = [int(number) for number in row["lora"].split("x")] if row["lora"] else None
    replica = Replica(
        engine=cast(Engine, row["engine"]),
        model=model_named(row["model"]),
        memory_gib=MEMORY_GIB[row["memory"]],
        chips=int(row["chips"]),
        memory_utilization=float(row["utilization"]),
        max_model_len=int(row["length"]),
        max_num_seqs=number("sequences"),
        max_num_batched_tokens=number("tokens"),
        tensor_parallel=int(row["chips"]),
        weight_dtype=cast(WeightDtype, row["dtype"]) if row["dtype"] else None,
        kv_dtype=cast(KvDtype, row["kv"]) if row["kv"] else None,
        draft=draft,
        adapters=Adapters(slots=lora[0], rank=lora[1]) if lora else None,
        instances=number("instances") or 1,
        cuda_graphs=row["graphs"] != "no",
    )
    return Case(row["case"], row["fits"] == "yes", replica)


CASES = {row["case"]: read_case(row) for row in table("fit_cases.csv")}


@pytest.mark.parametrize("case", list(CASES.values()), ids=lambda case: case.name)
def test_known_combinations_are_decided_as_they_turned_out(case: Case) -> None:
    answer = fit(case.replica, "servers.it")
    assert answer.ok is case.fits, [str(finding) for finding in answer.findings]


def test_the_table_covers_every_engine_both_ways_and_each_case_has_its_source() -> None:
    rows = table("fit_cases.csv")
    assert len(rows) >= 60
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
    assert not {row["case"] for row in excluded} & {row["case"] for row in table("fit_cases.csv")}


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
