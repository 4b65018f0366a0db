"""Hold the memory check against combinations that people reported as running or failing, or that follow from sizes.

`python -m bench.fit` prints how many of `tests/checks/fit_cases.csv` it decides as they turned out, and which it does
not; `fit_excluded.csv` beside it says what was left out of the table and why.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from slipway.catalog.architecture import Model, WeightDtype
from slipway.catalog.config_json import model_from_config
from slipway.catalog.layers import Vision
from slipway.catalog.models import MODELS
from slipway.catalog.units import GIB
from slipway.checks.fit import Adapters, Draft, Engine, Fit, KvDtype, Replica, fit

TESTS = Path(__file__).resolve().parents[1] / "tests"

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
    "v7x": 94.74,
}
"""As drivers and runtimes report it; of v7x that of one of a chip's two halves, which JAX takes for devices. Those of
older TPU chips and of the unnamed 16 GB card are by their marketing number."""

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
MEASURED_MODELS = {model.name: model for model in (MISTRAL_SMALL, QWEN_VL)}


@dataclass(frozen=True)
class Case:
    """A row of the table.

    Attributes:
        fits: how it turned out.
        source: who says so.
    """

    name: str
    fits: bool
    replica: Replica
    source: str

    @property
    def answer(self) -> Fit:
        """What the check says."""
        return fit(self.replica, "servers.it")


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table beside the tests of the check."""
    with (TESTS / "checks" / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def model_named(name: str) -> Model:
    """Return a model of the catalog, of a file of the tests, or by what was measured of it."""
    if name in MEASURED_MODELS:
        return MEASURED_MODELS[name]
    return MODELS[name] if name in MODELS else model_from_config(name, _files()[name]["config"])


def cases() -> Iterator[Case]:
    """Yield the rows of the table."""
    for row in table("fit_cases.csv"):
        yield Case(row["case"], row["fits"] == "yes", _replica(row), row["source"])


@cache
def _files() -> Mapping[str, Any]:
    return json.loads((TESTS / "catalog" / "configs.json").read_text(encoding="utf-8"))


def _replica(row: Mapping[str, str]) -> Replica:
    def number(key: str) -> int | None:
        return int(row[key]) if row[key] else None

    draft = Draft(model=model_named(row["draft"]), weight_dtype="fp8") if row["draft"] else None
    lora = [int(number) for number in row["lora"].split("x")] if row["lora"] else None
    return Replica(
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


def main() -> None:
    """Print the agreement, by confidence and as a whole, and every case that is decided otherwise."""
    found = list(cases())
    confidence = Counter(row["confidence"] for row in table("fit_cases.csv"))
    wrong = [case for case in found if case.answer.ok is not case.fits]
    for case in wrong:
        reasons = "; ".join(finding.message for finding in case.answer.findings)
        print(f"{case.name}: {'fits' if case.fits else 'does not fit'} ({case.source}), and the check says: {reasons}")
    right = len(found) - len(wrong)
    kinds = ", ".join(f"{count} {kind}" for kind, count in confidence.most_common())
    print(f"{right} of {len(found)} cases agree ({right / len(found):.1%}): {kinds}")
    print(f"{len(table('fit_excluded.csv'))} are left out, each with its reason: tests/checks/fit_excluded.csv")


if __name__ == "__main__":
    main()
