"""What engines take: tables that are whole, and that agree with what real engines were seen to accept and refuse."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from slipway.catalog.engines import flags
from slipway.catalog.engines.flags import Effect, Flags
from slipway.catalog.engines.nim import flags as nim
from slipway.catalog.engines.sglang import flags as sglang
from slipway.catalog.engines.tensorrt_llm import flags as tensorrt_llm
from slipway.catalog.engines.triton import flags as triton
from slipway.catalog.engines.vllm import flags as vllm

ENGINES = Path(flags.__file__).parent
TABLES = sorted(ENGINES.rglob("*.csv"))
KINDS = {
    *("", "switch", "toggle", "list", "optional", "map", "arguments"),
    *("int", "positive", "float", "size", "bool", "json", "path"),
}
EVERY: dict[str, Callable[[], Flags]] = {
    "vLLM": vllm.arguments,
    "vLLM's variables": vllm.variables,
    "SGLang": sglang.arguments,
    "SGLang's variables": sglang.variables,
    "Triton": lambda: triton.arguments("26.07"),
    "TensorRT-LLM": tensorrt_llm.options,
    "TensorRT-LLM's variables": tensorrt_llm.variables,
    "NIM": lambda: nim.variables("2.0.13"),
}


@pytest.mark.parametrize("path", TABLES, ids=lambda path: str(path.relative_to(ENGINES)))
def test_a_table_is_in_order_and_names_nothing_twice(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for row in rows for name in row["names"].split()]
    assert len(names) == len(set(names))
    firsts = [row["names"].lstrip("-") for row in rows]
    assert firsts == sorted(firsts)
    assert {row["effect"] for row in rows} <= set(get_args(Effect))
    assert {row["takes"] for row in rows if "|" not in row["takes"]} <= KINDS


@pytest.mark.parametrize("engine", EVERY)
def test_a_flag_that_changes_something_says_what(engine: str) -> None:
    for flag in EVERY[engine]().known.values():
        assert flag.about or flag.effect in ("", "owned", "secret")
        assert flag.effect or not flag.same
        assert not flag.about.endswith(".")


def test_what_a_real_vllm_accepted_is_known_and_what_it_refused_is_not() -> None:
    """Seen on vLLM 0.32, which had these flags before and after 0.27."""
    accepted = [
        *("--tensor-parallel-size", "--max-model-len", "--download-dir", "--max-num-batched-tokens", "--max-num-seqs"),
        *("--served-model-name", "--speculative-config", "--gpu-memory-utilization", "--no-enable-log-requests"),
        *("--enable-log-requests", "--api-key", "--shutdown-timeout", "--load-format", "--dtype", "--enforce-eager"),
        *("--num-gpu-blocks-override", "--disable-log-stats"),
    ]
    refused = [
        *("--disable-log-requests", "--speculative-model", "--num-speculative-tokens", "--swap-space"),
        *("--num-scheduler-steps", "--guided-decoding-backend", "--use-v2-block-manager", "--max-seq-len-to-capture"),
    ]
    known = vllm.arguments().known
    assert {name for name in accepted if name not in known or known[name].effect == "gone"} == set()
    assert {name for name in refused if known[name].effect != "gone"} == set()


def test_a_toggle_has_a_form_that_turns_it_off() -> None:
    known = vllm.arguments().known
    assert known["--no-enable-prefix-caching"] is known["--enable-prefix-caching"]
    assert "--no-headless" not in known


@pytest.mark.parametrize(
    ("flag", "before", "first"),
    [("--model-config-name", "24.04", "24.05"), ("--http-max-input-size", "25.05", "25.06")],
)
def test_a_container_has_the_flags_of_its_release(flag: str, before: str, first: str) -> None:
    assert flag not in triton.arguments(before).known
    assert flag in triton.arguments(first).known


@pytest.mark.parametrize("engine", ["vLLM's variables", "SGLang's variables", "TensorRT-LLM's variables", "NIM"])
def test_every_pod_minds_what_all_engines_read(engine: str) -> None:
    known = EVERY[engine]().known
    assert known["CUDA_VISIBLE_DEVICES"].effect == "memory"
    assert known["HF_TOKEN"].effect == "secret"
