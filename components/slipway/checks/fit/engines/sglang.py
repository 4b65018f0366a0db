"""SGLang on GPUs (sglang 0.5.23).

- `--mem-fraction-static` is the share of a GPU's memory for weights and cache; what is left has to hold the activations
  of a chunk of prefill and the CUDA graphs, which SGLang reserves by rule and does not measure
  (sglang/srt/arg_groups/memory_hook.py).
- The cache is what the weights leave of that share (sglang/srt/mem_cache/kv_cache_configurator.py,
  _profile_available_bytes). Layers with a window get 0.8 of the tokens of the others, whatever the window
  (swa_full_tokens_ratio), and states 0.9 of what keys and values get (mamba_full_memory_ratio).
"""

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from typing_extensions import override

from slipway.catalog.architecture import Model
from slipway.catalog.units import GIB, MIB
from slipway.checks import Finding
from slipway.checks.fit.engines.engine import EngineMemory
from slipway.checks.fit.engines.vllm import MXFP4_LOADED, NON_TORCH
from slipway.checks.fit.kv_layout import KvLayout

if TYPE_CHECKING:
    from slipway.checks.fit.memory import Memory
    from slipway.checks.fit.replica import Replica

WINDOW_TOKENS_SHARE = 0.8
STATES_BY_CACHE = 0.9


class Class(NamedTuple):
    """What SGLang picks for GPUs with less memory than a bound.

    Attributes:
        below_mib: that bound.
        chunk: tokens of a chunk of prefill.
        graphs: largest batch with a CUDA graph on fewer than four GPUs, and on more.
    """

    below_mib: float
    chunk: int
    graphs: tuple[int, int]


CLASSES = (
    Class(20 * 1024, 2048, (8, 8)),
    Class(35 * 1024, 4096, (48, 160)),
    Class(60 * 1024, 4096, (32, 160)),
    Class(90 * 1024, 8192, (256, 512)),
    Class(160 * 1024, 8192, (256, 512)),
    Class(float("inf"), 16384, (512, 512)),
)
RESERVED_MIB = 512
MIB_A_TOKEN = 1.5
MIB_A_GRAPH = 2
MIB_A_PREFILL_GRAPH = 8
MIB_OF_LATENT_PREFILL = 1536
MIB_OF_EIGHT_GPUS = 1024
LARGE_MIB = 60 * 1024
LEAST_OF_LARGE_MIB = 10 * 1024
"""What memory_hook.py reserves: a constant, for each token of a chunk, for each request in a graph of decoding, for
each graph of prefill or, with MLA, for all of them, and for parallelism."""
PREFILL_GRAPHS = (
    *range(4, 33, 4),
    *range(48, 257, 16),
    *range(288, 513, 32),
    *range(576, 1025, 64),
    *range(1280, 4097, 256),
)
PREFILL_GRAPHS_APART = 512
"""Tokens of the graphs of prefill, which CUDA has by default, and how far further ones are apart (cuda_graph_hook.py,
generate_prefill_cuda_graph_batch_sizes)."""

VISION_SHARE = 0.95
VISION_A_TIME = 0.1
VISION_BOUNDS = (0.8, 1.05)
VISION_PARAMETERS = 304_000_000
"""By how much the share of a model with a vision tower is smaller: the least for one like ViT-L/14, a tenth more for
each further size of it (adjust_mem_fraction_for_vlm, which goes by layers and width of the tower)."""


LEAST_SHARE = 0.001


class SgLang(EngineMemory):
    """SGLang on GPUs."""

    title: ClassVar[str] = "SGLang"
    mxfp4_loaded: ClassVar[float] = MXFP4_LOADED
    whole_experts: ClassVar[str] = "extraArgs: [--ep-size, '{chips}']"
    sequences: ClassVar[int] = 4096
    page_tokens: ClassVar[int] = 1

    @override
    def default_tokens(self, memory_gib: float) -> int:
        return _class(memory_gib).chunk

    @override
    def activations(self, replica: "Replica") -> int:
        """They live in what the share leaves."""
        return 0

    @override
    def runtime(self, replica: "Replica") -> int:
        """Return what a process holds before weights are loaded, and which is free memory no more."""
        several = replica.tensor_parallel * replica.pipeline_parallel > 1
        return round(NON_TORCH[several] * replica.memory_utilization)

    @override
    def layout(self, replica: "Replica", model: Model, *, tensor_parallel: int, pipeline_parallel: int) -> KvLayout:
        plain = super().layout(replica, model, tensor_parallel=tensor_parallel, pipeline_parallel=pipeline_parallel)
        if model.window is not None:
            heads, dim = model.window.kv_heads or model.kv_heads, model.window.head_dim or model.head_dim
            layer = self.layer_bytes(model, heads, dim, tensor_parallel, replica.kv_value_bytes)
            windowed = ceil(model.window.layers / pipeline_parallel) * layer
            return replace(plain, full=plain.full - round((1 - WINDOW_TOKENS_SHARE) * windowed))
        if model.recurrent is not None:
            return replace(plain, full=round(plain.full * (1 + STATES_BY_CACHE)), state=0)
        return plain

    @override
    def findings(self, path: str, replica: "Replica", use: "Memory") -> list[Finding]:
        left, reserved, share = use.chip - use.usable, reserved_bytes(replica), default_share(replica)
        if replica.memory_utilization <= share:
            return []
        message = (
            f"{replica.memory_utilization} leaves {left / GIB:.2f} GiB of a GPU to activations and graphs, and SGLang "
            f"itself reserves {reserved / GIB:.2f} GiB for {replica.batched_tokens} tokens of prefill"
        )
        remedy = f"use at most {share:.3f}, or fewer tokens a step"
        return [Finding("fit.static-memory", f"{path}.memoryUtilization", message, remedy, "warning")]


def reserved_bytes(replica: "Replica") -> int:
    """Return what SGLang keeps free of weights and cache where nobody sets its share."""
    gpus = replica.tensor_parallel * replica.pipeline_parallel
    graphs = _class(replica.memory_gib).graphs[replica.tensor_parallel >= 4]
    mebibytes = RESERVED_MIB + max(replica.batched_tokens, 2048) * MIB_A_TOKEN + gpus / 8 * MIB_OF_EIGHT_GPUS
    if replica.cuda_graphs:
        mebibytes += min(graphs, replica.sequences) * MIB_A_GRAPH
        mebibytes += 0 if replica.pipeline_parallel > 1 else _prefill_graphs_mib(replica)
    large = replica.memory_gib * 1024 > LARGE_MIB
    return round(max(mebibytes, LEAST_OF_LARGE_MIB if large else 0) * MIB)


def default_share(replica: "Replica") -> float:
    """Return the share that SGLang picks where nobody sets it; next to nothing where it leaves itself none."""
    share, vision = 1 - reserved_bytes(replica) / replica.memory, replica.model.vision
    if vision is not None:
        lowest, highest = VISION_BOUNDS
        adjusted = 1 - VISION_A_TIME * (vision.parameters / VISION_PARAMETERS - 1)
        share *= VISION_SHARE * min(max(adjusted, lowest), highest)
    return max(round(share, 3), LEAST_SHARE)


def _prefill_graphs_mib(replica: "Replica") -> int:
    if replica.model.latent is not None:
        return MIB_OF_LATENT_PREFILL
    tokens = (
        *PREFILL_GRAPHS,
        *range(PREFILL_GRAPHS[-1] + PREFILL_GRAPHS_APART, replica.batched_tokens + 1, PREFILL_GRAPHS_APART),
    )
    return MIB_A_PREFILL_GRAPH * sum(1 for each in tokens if each <= replica.batched_tokens)


def _class(memory_gib: float) -> Class:
    return next(row for row in CLASSES if memory_gib * 1024 < row.below_mib)
