# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# pyright: reportUntypedFunctionDecorator=false
"""Measure on a CUDA device what `checks.fit` predicts: weights, KV cache and the largest step of vLLM-like replicas.

    python -m bench.measure_memory measured.csv

Needs PyTorch, transformers and a device of compute capability 8.9 or more (FP8); neither is a dependency of this
repository, so run it with a Python that has them. Weights are random: nothing is downloaded. The modules are
transformers' own, so their tensors do not come from the arithmetic under test; the numbers of a shape do come from the
catalog. No engine runs: the cache is laid out as vLLM's FlashAttention backend does, a step is transformers' eager
forward and a sampler with top-p, and there are no CUDA graphs.
"""

import csv
import multiprocessing
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor
from transformers.cache_utils import Cache

from bench.random_network import PAGE_TOKENS, PagedLayer, build
from slipway.catalog.models import model
from slipway.catalog.units import GIB
from slipway.checks.fit import KvDtype, Replica
from slipway.checks.fit.memory import memory

ARCHITECTURES = {
    "meta-llama/Llama-2-7b-chat-hf": "llama",
    "meta-llama/Llama-3.2-1B-Instruct": "llama",
    "meta-llama/Llama-3.1-8B-Instruct": "llama",
    "meta-llama/Llama-3.3-70B-Instruct": "llama",
    "mistralai/Mistral-7B-Instruct-v0.3": "mistral",
    "Qwen/Qwen2.5-7B-Instruct": "qwen2",
    "Qwen/Qwen3-32B": "qwen3",
    "Qwen/Qwen3-30B-A3B": "qwen3_moe",
}
"""The measured models and the transformers architecture that makes each."""

WeightDtype = Literal["bfloat16", "fp8"]
LENGTH = 4096
"""Tokens of a request: within the positions of every model."""
UTILIZATION = 0.9
TOP_P = 0.95


@dataclass(frozen=True, slots=True)
class Measurement:
    """One replica on one device; sizes are bytes.

    Attributes:
        memory_gib: memory of the device as its driver reports it, GiB.
        requests: requests of `LENGTH` tokens that the cache was allocated for: those that `checks.fit` has room for.
        weights: allocated for parameters and buffers.
        kv_cache: allocated for the pages of all layers.
        step: the peak that a prefill of one step's tokens and the sampling of a full batch add.
        reserved: what PyTorch's allocator held after a second step, with weights and pages there.
        outside: what the driver had handed out beside: context, kernels, libraries' own buffers.
    """

    model: str
    weight_dtype: WeightDtype
    kv_dtype: KvDtype
    memory_gib: float
    requests: int
    weights: int
    kv_cache: int
    step: int
    reserved: int
    outside: int


def replica(name: str, weight_dtype: WeightDtype, kv_dtype: KvDtype, memory_gib: float) -> Replica:
    """Return the replica that a measurement is of; the batch limits are vLLM's own."""
    return Replica(
        engine="vllm",
        model=model(name),
        memory_gib=memory_gib,
        chips=1,
        memory_utilization=UTILIZATION,
        max_model_len=LENGTH,
        weight_dtype=weight_dtype,
        kv_dtype=kv_dtype,
        cuda_graphs=False,
    )


def measure(case: tuple[str, WeightDtype, KvDtype]) -> Measurement:
    """Measure one replica in a process of its own."""
    name, weight_dtype, kv_dtype = case
    memory_gib = torch.cuda.mem_get_info()[1] / GIB
    asked = replica(name, weight_dtype, kv_dtype, memory_gib)
    empty = torch.cuda.memory_allocated()
    network = build(asked.model, ARCHITECTURES[name], fp8=weight_dtype == "fp8")
    weights = torch.cuda.memory_allocated() - empty
    layers = [PagedLayer() for _ in range(asked.model.layers)]
    step = peak_of_a_step(network, layers, asked)
    before = torch.cuda.memory_allocated()
    requests = int(memory(asked).requests)
    pages = requests * ceil(LENGTH / PAGE_TOKENS)
    for layer in layers:
        layer.reserve(pages, torch.float8_e4m3fn if kv_dtype == "fp8" else torch.bfloat16)
    kv_cache = torch.cuda.memory_allocated() - before
    torch.cuda.empty_cache()
    peak_of_a_step(network, layers, asked)
    free, total = torch.cuda.mem_get_info()
    reserved = torch.cuda.memory_reserved()
    return Measurement(
        model=name,
        weight_dtype=weight_dtype,
        kv_dtype=kv_dtype,
        memory_gib=memory_gib,
        requests=requests,
        weights=weights,
        kv_cache=kv_cache,
        step=step,
        reserved=reserved,
        outside=total - free - reserved,
    )


@torch.inference_mode()
def peak_of_a_step(network: Any, layers: list[PagedLayer], asked: Replica) -> int:
    """Run a prefill of one step's tokens and sample for a full batch; return the most bytes that were alive beside."""
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    tokens = torch.randint(asked.model.vocabulary, (1, asked.batched_tokens), device="cuda")
    hidden = network.model(tokens, past_key_values=Cache(layers=layers), use_cache=True).last_hidden_state
    chosen = sample(network.lm_head(hidden[0, : asked.sequences]))
    if not hidden.isfinite().all() or chosen.shape != (asked.sequences,):
        raise RuntimeError(f"{asked.model.name}: the step did not compute")
    return torch.cuda.max_memory_allocated() - before


def sample(logits: Tensor) -> Tensor:
    """Draw one token a request from the most probable ones that together reach `TOP_P`, as vLLM does in PyTorch."""
    logits = logits.float()
    ordered, index = logits.sort(dim=-1)
    ordered[ordered.softmax(dim=-1).cumsum(dim=-1) <= 1 - TOP_P] = -torch.inf
    probabilities = torch.empty_like(logits).scatter_(-1, index, ordered).softmax(dim=-1)
    return probabilities.div_(torch.empty_like(probabilities).exponential_()).argmax(dim=-1)


def cases() -> Iterator[tuple[str, WeightDtype, KvDtype]]:
    """Yield every combination that has a kernel here and fits one device."""
    dtypes: tuple[tuple[WeightDtype, KvDtype], ...] = (("bfloat16", "16-bit"), ("bfloat16", "fp8"), ("fp8", "fp8"))
    for name, (weight_dtype, kv_dtype) in product(ARCHITECTURES, dtypes):
        quantised_experts = weight_dtype == "fp8" and model(name).experts is not None
        if not quantised_experts and memory(replica(name, weight_dtype, kv_dtype, 139)).fits:
            yield name, weight_dtype, kv_dtype


def main(table: Path) -> None:
    """Measure every case and write the table; each row is printed with the predictions in parentheses."""
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, CUDA {torch.version.cuda}")
    names = [field.name for field in fields(Measurement)]
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as processes, table.open("w") as lines:
        writer = csv.DictWriter(lines, names, lineterminator="\n")
        writer.writeheader()
        for row in processes.imap(measure, cases()):
            writer.writerow(asdict(row))
            lines.flush()
            use = memory(replica(row.model, row.weight_dtype, row.kv_dtype, row.memory_gib))
            print(
                f"{row.model} {row.weight_dtype}/{row.kv_dtype}, GiB: weights {row.weights / GIB:.2f} "
                f"({use.weights / GIB:.2f}), {row.requests} requests {row.kv_cache / GIB:.2f} "
                f"({row.requests * use.request / GIB:.2f}), step {row.step / GIB:.2f} ({use.activations / GIB:.2f}), "
                f"reserved {row.reserved / GIB:.2f}, outside {row.outside / GIB:.2f} ({use.runtime / GIB:.2f})",
                flush=True,
            )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bench.measure_memory <table.csv>")
    main(Path(sys.argv[1]))
