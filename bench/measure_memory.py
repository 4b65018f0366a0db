# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
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
from itertools import pairwise, product
from math import ceil
from pathlib import Path
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.cache_utils import Cache, DynamicLayer

from catalog.architecture import Model
from catalog.models import model
from catalog.units import GIB
from checks.fit import KvDtype, Replica
from checks.fit.memory import Memory, memory

ARCHITECTURES = {
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
LENGTH = 8192
PAGE_TOKENS = 16
UTILIZATION = 0.9
FP8_LARGEST = torch.finfo(torch.float8_e4m3fn).max
WEIGHT_DEVIATION = 0.02
TOP_P = 0.95


@dataclass(frozen=True, slots=True)
class Measurement:
    """One replica on one device; sizes are bytes.

    Attributes:
        memory_gib: memory of the device as its driver reports it, GiB.
        requests: requests of `LENGTH` tokens that the cache was allocated for: those that `checks.fit` has room for.
        weights: allocated for parameters and buffers.
        kv_cache: allocated for the pages of all layers.
        step: the peak that a prefill of `LENGTH` tokens and the sampling of a full batch add.
        device: most that the driver had handed out, when pages and weights were there and the step ran again.
    """

    model: str
    weight_dtype: WeightDtype
    kv_dtype: KvDtype
    memory_gib: float
    requests: int
    weights: int
    kv_cache: int
    step: int
    device: int


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


class Fp8Linear(nn.Module):
    """A linear layer in FP8: one scale an output channel, activations quantised by the token, as vLLM's fp8-dynamic."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = torch.empty_like(linear.weight, dtype=torch.float8_e4m3fn)
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.scale = nn.Parameter(torch.empty(linear.out_features, device=weight.device), requires_grad=False)
        self.bias = linear.bias

    def forward(self, values: Tensor) -> Tensor:
        rows = values.flatten(0, -2)
        scale = rows.abs().amax(dim=-1, keepdim=True).float().clamp(min=1e-6) / FP8_LARGEST
        product_ = torch._scaled_mm(  # pyright: ignore[reportPrivateUsage]
            (rows / scale).to(torch.float8_e4m3fn),
            self.weight.t(),
            scale_a=scale,
            scale_b=self.scale.unsqueeze(0),
            out_dtype=values.dtype,
        )
        if self.bias is not None:
            product_ += self.bias
        return product_.unflatten(0, values.shape[:-1])


class PagedLayer(DynamicLayer):
    """One layer's cache in pages; a prefill writes its keys and values to the first of them."""

    def __init__(self) -> None:
        super().__init__()
        self.shape: tuple[int, int] | None = None
        self.pages: Tensor | None = None

    def reserve(self, pages: int, dtype: torch.dtype) -> None:
        """Allocate pages for the heads that a prefill has shown."""
        if self.shape is None:
            raise RuntimeError("run a prefill first: it shows how many heads a layer has and how wide they are")
        self.pages = torch.zeros((2, pages, PAGE_TOKENS, *self.shape), dtype=dtype, device="cuda")

    def update(self, key_states: Tensor, value_states: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        """Keep what a request of one prefill leaves, and attend to it."""
        _, heads, tokens, width = key_states.shape
        self.shape = heads, width
        if self.pages is not None:
            for half, states in zip(self.pages, (key_states, value_states), strict=True):
                half.flatten(0, 1)[:tokens] = states[0].transpose(0, 1).to(half.dtype)
        return key_states, value_states


def measure(case: tuple[str, WeightDtype, KvDtype]) -> Measurement:
    """Measure one replica in a process of its own."""
    name, weight_dtype, kv_dtype = case
    memory_gib = torch.cuda.mem_get_info()[1] / GIB
    asked = replica(name, weight_dtype, kv_dtype, memory_gib)
    predicted = memory(asked)
    empty = torch.cuda.memory_allocated()
    network = build(asked.model, ARCHITECTURES[name], weight_dtype)
    weights = torch.cuda.memory_allocated() - empty
    layers = [PagedLayer() for _ in range(asked.model.layers)]
    step = peak_of_a_step(network, layers, asked)
    before = torch.cuda.memory_allocated()
    requests = int(predicted.requests)
    for layer in layers:
        layer.reserve(
            requests * ceil(LENGTH / PAGE_TOKENS), torch.float8_e4m3fn if kv_dtype == "fp8" else torch.bfloat16
        )
    kv_cache = torch.cuda.memory_allocated() - before
    torch.cuda.empty_cache()
    peak_of_a_step(network, layers, asked)
    free, total = torch.cuda.mem_get_info()
    return Measurement(name, weight_dtype, kv_dtype, memory_gib, requests, weights, kv_cache, step, total - free)


def build(shape: Model, architecture: str, weight_dtype: WeightDtype) -> Any:
    """Make the network without tensors, choose their dtypes, and only then allocate and fill them."""
    with torch.device("meta"):
        configuration = AutoConfig.for_model(architecture, **configuration_of(shape))
        network = AutoModelForCausalLM.from_config(configuration, dtype=torch.bfloat16).eval()
        if weight_dtype == "fp8":
            quantise(network.model.layers)
    network.to_empty(device="cuda")
    network.tie_weights()
    network.model.rotary_emb = type(network.model.rotary_emb)(config=configuration).to("cuda")
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.dim() > 1:
                deviation = 1 if parameter.dtype == torch.float8_e4m3fn else WEIGHT_DEVIATION
                parameter.copy_(torch.randn(parameter.shape, dtype=torch.bfloat16, device="cuda").mul_(deviation))
            else:
                parameter.fill_(WEIGHT_DEVIATION if name.endswith("scale") else 1)
    return network


def configuration_of(shape: Model) -> dict[str, Any]:
    """Return the fields of config.json that decide tensors."""
    configuration: dict[str, Any] = {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "max_position_embeddings": shape.max_positions,
        "tie_word_embeddings": shape.tied,
        "sliding_window": None,
    }
    if shape.experts is not None:
        configuration["num_experts"] = shape.experts.count
        configuration["num_experts_per_tok"] = shape.experts.active
        configuration["moe_intermediate_size"] = shape.experts.intermediate
    return configuration


def quantise(module: nn.Module) -> None:
    """Put FP8 in the place of every linear layer below `module`."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Fp8Linear(child))
        else:
            quantise(child)


@torch.inference_mode()
def peak_of_a_step(network: Any, layers: list[PagedLayer], asked: Replica) -> int:
    """Run a prefill of `LENGTH` tokens and sample for a full batch; return the most bytes that were alive beside."""
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    tokens = torch.randint(asked.model.vocabulary, (1, LENGTH), device="cuda")
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
