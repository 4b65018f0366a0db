"""Predictions against `fit_measured.csv`, which `bench/measure_memory.py` wrote on an H200, and the table in docs/."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from slipway.catalog.architecture import WeightDtype
from slipway.catalog.models import model
from slipway.catalog.units import GIB
from slipway.checks.fit import KvDtype, Replica
from slipway.checks.fit.memory import Memory, memory

LENGTH = 4096
PAGE = Path(__file__).parents[2] / "docs" / "fit.md"


@dataclass(frozen=True)
class Case:
    row: dict[str, str]

    def measured(self, column: str) -> int:
        return int(self.row[column])

    @property
    def predicted(self) -> Memory:
        return memory(
            Replica(
                engine="vllm",
                model=model(self.row["model"]),
                memory_gib=float(self.row["memory_gib"]),
                chips=1,
                memory_utilization=0.9,
                max_model_len=LENGTH,
                weight_dtype=cast(WeightDtype, self.row["weight_dtype"]),
                kv_dtype=cast(KvDtype, self.row["kv_dtype"]),
                cuda_graphs=False,
            )
        )

    @property
    def predicted_kv_cache(self) -> int:
        return self.measured("requests") * self.predicted.request

    @property
    def line(self) -> str:
        """The row of the table in docs/."""
        pairs = [
            (self.measured("weights"), self.predicted.weights),
            (self.measured("kv_cache"), self.predicted_kv_cache),
            (
                self.measured("weights") + self.measured("kv_cache"),
                self.predicted.weights + self.predicted_kv_cache,
            ),
            (self.measured("step"), self.predicted.activations),
        ]
        cells = [
            f"{measured / GIB:.2f} | {predicted / GIB:.2f} | {100 * (predicted / measured - 1):+z.1f}"
            for measured, predicted in pairs
        ]
        name = self.row["model"].partition("/")[2]
        return f"| {name} | {self.row['weight_dtype']} | {self.row['kv_dtype']} | {' | '.join(cells)} |"


def read_cases() -> list[Case]:
    with Path(__file__).with_name("fit_measured.csv").open(newline="") as lines:
        return [Case(row) for row in csv.DictReader(lines)]


CASES = read_cases()
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(list(case.row.values())[:3]))


@each_case
def test_weights_and_kv_cache_are_within_a_tenth_of_what_an_h200_held(case: Case) -> None:
    assert case.predicted.weights == pytest.approx(case.measured("weights"), rel=0.1)
    assert case.predicted_kv_cache == pytest.approx(case.measured("kv_cache"), rel=0.1)


@each_case
def test_the_largest_step_is_within_a_tenth_of_what_an_h200_held(case: Case) -> None:
    assert case.predicted.activations == pytest.approx(case.measured("step"), rel=0.1)


@each_case
def test_the_measured_parts_stayed_within_the_share_that_the_prediction_promised(case: Case) -> None:
    parts = sum(case.measured(column) for column in ("weights", "kv_cache", "step"))
    assert parts <= case.predicted.usable
    assert case.measured("reserved") + case.measured("outside") <= case.predicted.chip


def test_the_measurements_cover_several_shapes_and_dtypes() -> None:
    kinds = {(model(case.row["model"]).attention, model(case.row["model"]).model_type) for case in CASES}
    assert {attention for attention, _ in kinds} == {"MHA", "GQA"}
    assert {model_type for _, model_type in kinds} == {"llama", "qwen2", "qwen3"}
    assert len({case.row["model"] for case in CASES}) >= 3
    assert {(case.row["weight_dtype"], case.row["kv_dtype"]) for case in CASES} == {
        ("bfloat16", "16-bit"),
        ("bfloat16", "fp8"),
        ("fp8", "fp8"),
    }


def test_the_page_in_docs_shows_these_measurements_and_todays_predictions() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    shown = [line for line in lines if "| fp8 |" in line or "| bfloat16 |" in line]
    assert shown == [case.line for case in CASES]
