"""vLLM on GPUs.

- It measures one step of the largest batch before it sizes the cache. Two phases compete for the peak: the feed-forward
  layers, by tokens, and the sampler, which sorts and sums the logits of every request, by requests. The bytes of both
  were fitted to measured logs: vllm#10517 (2.07 and 2.99 GiB at 20000 and 29000 tokens of Llama-3.1-8B) and
  llm-d-planner (4.76, 4.84, 5.64 and 7.38 GiB for 1024 requests and vocabularies of 128256, 151936 and 201088). Newer
  model runners measure a cheaper sampler, so this is the upper end.
- Layers with a window, or with a state of fixed size, are cached in groups of as many layers as the others, the last
  one filled up with layers that do not exist (vllm/v1/core/kv_cache_utils.py): 52 such layers of Gemma 3 take six
  groups of ten.
- From 0.26 on it keeps room for two steps on their way beside a window (vllm/config/vllm.py, max_in_flight_tokens).
"""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from slipway.catalog.architecture import Model
from slipway.catalog.layers import SlidingWindow
from slipway.catalog.units import GIB
from slipway.catalog.versions import VLLM_GPU
from slipway.checks import Finding
from slipway.checks.fit.engines.cuda_context import context_findings
from slipway.checks.fit.engines.engine import (
    SIXTEEN_BITS,
    Band,
    EngineMemory,
    activation_bytes,
    state_bytes,
    step_width,
)
from slipway.checks.fit.engines.images import whole_item_findings
from slipway.checks.fit.kv_layout import KvLayout, up

if TYPE_CHECKING:
    from slipway.checks.fit.memory import Memory
    from slipway.checks.fit.replica import Replica

LARGE_GPU_GIB = 70
"""vLLM picks larger batches from this memory on (vllm/engine/arg_utils.py, which excepts the A100)."""
PAGE_TOKENS = 16
GROUPED_BY_MOST_BELOW = 1.5
"""Times the rarer kind of layers, below which the other kind decides how many layers a group has."""
STATE_PAGES = 2
"""Pages of states that a request holds where prefixes are cached, as they are by default (MambaSpec, mode align)."""
TWO_STEPS_SINCE = (0, 26)

MXFP4_LOADED = 1.055
"""GPU kernels pad MXFP4 experts: llm-d-planner measured 13.47 and 64.38 GiB for checkpoints of 12.82 and 60.77 GiB,
Slipway 13.58 on an H200."""
SAMPLER_BYTES_PER_LOGIT = 38.4
VISION_ENCODER = round(2.5 * GIB)
"""Least activations of a model with a vision tower (llm-d-planner)."""
NON_TORCH = {False: round(0.15 * GIB), True: round(0.6 * GIB)}
"""CUDA context and NCCL, on one chip and on several (llm-d-planner, H100)."""
CUDA_GRAPHS = round(0.65 * GIB)
"""vllm#21489, gemma-3-4b; other logs show 0.36 to 2 GiB, Slipway's own on an H200 0.41 to 0.84."""
WIDE_NORMS = frozenset({"gemma2", "gemma3", "gemma4"})
"""Their norms compute in 32 bits (GemmaRMSNorm)."""

H200_GIB = 139.8
H200_BAND = Band(0.01, 0.02, "vLLM 0.23 on one H200, 11 configurations")
RECORDED_DTYPES = frozenset({"bfloat16", "float16", "fp8", "mxfp4"})


@dataclass(frozen=True, slots=True)
class _Groups:
    """Layers of one kind as they are cached: so many groups, all kinds' with as many layers."""

    groups: int
    layers: int

    @property
    def total(self) -> int:
        return self.groups * self.layers


class Vllm(EngineMemory):
    """vLLM on GPUs."""

    title: ClassVar[str] = "vLLM on GPUs"
    mxfp4_loaded: ClassVar[float] = MXFP4_LOADED
    whole_experts: ClassVar[str] = "extraArgs: [--enable-expert-parallel]"
    counts_adapters: ClassVar[bool] = True
    page_tokens: ClassVar[int] = PAGE_TOKENS

    @override
    def default_sequences(self, memory_gib: float) -> int:
        return 1024 if memory_gib >= LARGE_GPU_GIB else 256

    @override
    def default_tokens(self, memory_gib: float) -> int:
        return 8192 if memory_gib >= LARGE_GPU_GIB else 2048

    @override
    def activations(self, replica: "Replica") -> int:
        model, tokens, chips = replica.model, replica.batched_tokens, replica.tensor_parallel
        value_bytes = activation_bytes(replica.served_dtype)
        step = tokens * step_width(model, chips) * value_bytes
        if replica.served_dtype == "fp8":
            step += tokens * (step_width(model, chips) // 3)
        if model.model_type in WIDE_NORMS:
            step += 2 * tokens * model.hidden * activation_bytes("float32")
        sampler = round(replica.sequences * model.vocabulary * SAMPLER_BYTES_PER_LOGIT)
        sampler += tokens * model.hidden * value_bytes
        return max(step, sampler, VISION_ENCODER if model.vision else 0)

    @override
    def runtime(self, replica: "Replica") -> int:
        several = replica.tensor_parallel * replica.pipeline_parallel > 1
        return NON_TORCH[several] + (CUDA_GRAPHS if replica.cuda_graphs else 0)

    @override
    def tables(self, model: Model, tensor_parallel: int) -> int:
        """Sines and cosines of every position, and MLA's up-projections once more, turned around and at 16 bits."""
        latent = model.latent
        dimensions = latent.rope_dim if latent else model.head_dim
        rotary = (model.rotary_rows or model.max_positions) * dimensions * SIXTEEN_BITS
        if latent is None:
            return rotary
        heads = model.heads // tensor_parallel
        absorbed = heads * (latent.nope_dim + latent.value_dim) * latent.kv_rank * model.layers
        return rotary + absorbed * SIXTEEN_BITS

    @override
    def layout(self, replica: "Replica", model: Model, *, tensor_parallel: int, pipeline_parallel: int) -> KvLayout:
        chips, stages = tensor_parallel, pipeline_parallel
        layer = self.layer_bytes(model, model.kv_heads, model.head_dim, chips, replica.kv_value_bytes)
        if model.recurrent is not None:
            return self._with_states(model, layer, chips, stages)
        if model.window is None:
            return KvLayout(full=ceil(model.attention_layers / stages) * layer, page=PAGE_TOKENS)
        return self._with_window(replica, model, model.window, layer, chips, stages)

    def _with_window(
        self, replica: "Replica", model: Model, window: SlidingWindow, layer: int, chips: int, stages: int
    ) -> KvLayout:
        """Pages have as many bytes in both kinds of layers, so where a token takes fewer, they have more tokens."""
        heads, dim = window.kv_heads or model.kv_heads, window.head_dim or model.head_dim
        windowed = self.layer_bytes(model, heads, dim, chips, replica.kv_value_bytes)
        widest = max(layer, windowed)
        others = model.attention_layers - window.layers
        full, sliding = _grouped(others, window.layers, stages) if others else (_Groups(0, 0), _alone(window, stages))
        return KvLayout(
            full=full.total * layer,
            page=PAGE_TOKENS * widest // layer,
            windowed=sliding.total * windowed,
            window=window.tokens,
            chunk=replica.batched_tokens * _steps(replica),
            window_page=PAGE_TOKENS * widest // windowed,
        )

    def _with_states(self, model: Model, layer: int, chips: int, stages: int) -> KvLayout:
        """A page of keys and values holds at least as many bytes as a state, which takes a page of its own."""
        recurrent = model.recurrent
        if recurrent is None or not model.attention_layers:
            return KvLayout(full=0, page=PAGE_TOKENS, state=state_bytes(model, chips, stages))
        state = ceil(recurrent.layer_bytes(SIXTEEN_BITS) / chips)
        page = up(ceil(state / layer), PAGE_TOKENS)
        full, states = _grouped(model.attention_layers, recurrent.layers, stages)
        return KvLayout(full=full.total * layer, page=page, state=states.total * STATE_PAGES * page * layer)

    @override
    def findings(self, path: str, replica: "Replica", use: "Memory") -> list[Finding]:
        whole = replica.model.vision is not None and replica.model.vision.whole
        return [*context_findings(path, replica, use), *(whole_item_findings(path, replica) if whole else ())]

    @override
    def band(self, replica: "Replica") -> Band | None:
        one = replica.tensor_parallel * replica.pipeline_parallel == 1
        kind = replica.model.attention_layers and replica.model.recurrent is None
        measured = one and kind and replica.served_dtype in RECORDED_DTYPES
        return H200_BAND if measured and abs(replica.memory_gib - H200_GIB) < 1 else None


def _grouped(first: int, second: int, stages: int) -> tuple[_Groups, _Groups]:
    """Return how two kinds of layers are cached in groups of one size, on the fullest of the stages."""
    few, many = sorted((first, second))
    size = many if many < few * GROUPED_BY_MOST_BELOW else few
    return _Groups(ceil(first / size), ceil(size / stages)), _Groups(ceil(second / size), ceil(size / stages))


def _alone(window: SlidingWindow, stages: int) -> _Groups:
    return _Groups(1, ceil(window.layers / stages))


def _steps(replica: "Replica") -> int:
    """Return the steps whose tokens are on their way at once."""
    version = replica.version or tuple(int(part) for part in VLLM_GPU.removeprefix("v").split(".")[:2])
    return 2 if version >= TWO_STEPS_SINCE else 1
