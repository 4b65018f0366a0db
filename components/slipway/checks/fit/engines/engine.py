"""What the memory check asks of an engine."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from slipway.catalog.architecture import BITS, Model, WeightDtype
from slipway.catalog.kv_cache import kv_values_per_layer
from slipway.checks import Finding
from slipway.checks.fit.kv_layout import KvLayout

if TYPE_CHECKING:
    from slipway.checks.fit.memory import Memory
    from slipway.checks.fit.replica import Replica

SIXTEEN_BITS = 2
"""Bytes of a value."""


@dataclass(frozen=True, slots=True)
class Band:
    """How far estimates were from what an engine itself logged, where that was measured.

    Attributes:
        weights: largest difference of the weights, as a share.
        tokens: largest difference of the tokens that the KV cache holds, as a share.
        source: where it was measured.
    """

    weights: float
    tokens: float
    source: str

    @override
    def __str__(self) -> str:
        return f"measured within {self.weights:.0%} of the weights and {self.tokens:.0%} of the tokens ({self.source})"


class EngineMemory(ABC):
    """One engine: facts in class variables, and what follows from a replica.

    Attributes:
        title: what people call it.
        keeps_float32: whether a float32 checkpoint stays one; engines cast it to 16 bits.
        mxfp4_loaded: size of MXFP4 experts in memory, by that in the file.
        counts_adapters: whether the memory of LoRA adapters is known.
        copies: whether each instance is a whole copy with the batch's caches to itself, and no more requests come.
        whole_blocks: whether its kernels need whole quantisation blocks on each chip.
        fewer_bits: what smaller weights it can be given.
        publisher: whose quantised checkpoints it needs; empty for anybody's.
        whole_experts: how a person gives each of so many chips whole experts of a mixture; empty if nobody can.
        unread: what config.json may call the way a checkpoint is quantised that it refuses to load.
        unpacks: whether it unpacks weights in a format that the GPU does not compute in.
        sequences: requests of a batch where nobody sets them.
        tokens: tokens of a step where nobody sets them.
        page_tokens: tokens of a page of the KV cache.
    """

    title: ClassVar[str]
    keeps_float32: ClassVar[bool] = False
    mxfp4_loaded: ClassVar[float] = 1.0
    counts_adapters: ClassVar[bool] = False
    copies: ClassVar[bool] = False
    whole_blocks: ClassVar[bool] = True
    fewer_bits: ClassVar[WeightDtype] = "fp8"
    publisher: ClassVar[str] = ""
    whole_experts: ClassVar[str] = ""
    unread: ClassVar[frozenset[str]] = frozenset()
    unpacks: ClassVar[bool] = True
    sequences: ClassVar[int] = 256
    tokens: ClassVar[int]
    page_tokens: ClassVar[int]

    def default_sequences(self, memory_gib: float) -> int:
        """Return the requests of a batch where nobody sets them, on chips of a size."""
        del memory_gib
        return self.sequences

    def default_tokens(self, memory_gib: float) -> int:
        """Return the tokens of a step where nobody sets them, on chips of a size."""
        del memory_gib
        return self.tokens

    @abstractmethod
    def activations(self, replica: "Replica") -> int:
        """Return the transient bytes of the largest step on one chip."""

    @abstractmethod
    def runtime(self, replica: "Replica") -> int:
        """Return the bytes that the engine's runtime holds for good on one chip."""

    def page(self, replica: "Replica") -> int:
        """Return the tokens of a page."""
        del replica
        return self.page_tokens

    def tables(self, model: Model, tensor_parallel: int) -> int:
        """Return the bytes that the engine makes of the weights when it has loaded them, on one chip."""
        del model, tensor_parallel
        return 0

    def layout(self, replica: "Replica", model: Model, *, tensor_parallel: int, pipeline_parallel: int) -> KvLayout:
        """Return the cache of a model, the served or the draft, on the fullest chip; nothing before a window is freed.

        A head is never split, so beyond as many chips as heads the cache is replicated; MLA's one entry always is.
        """
        stage, value_bytes = pipeline_parallel, replica.kv_value_bytes
        window = model.window
        windowed = ceil(window.layers / stage) if window else 0
        others = ceil(model.attention_layers / stage) - windowed
        full = others * self.layer_bytes(model, model.kv_heads, model.head_dim, tensor_parallel, value_bytes)
        if window:
            heads, dim = window.kv_heads or model.kv_heads, window.head_dim or model.head_dim
            full += windowed * self.layer_bytes(model, heads, dim, tensor_parallel, value_bytes)
        return KvLayout(full=full, page=self.page(replica), state=state_bytes(model, tensor_parallel, stage))

    def layer_bytes(self, model: Model, kv_heads: int, head_dim: int, chips: int, value_bytes: int) -> int:
        """Return the bytes of a token in one layer on one of so many chips."""
        if model.latent is not None:
            return kv_values_per_layer(model) * value_bytes
        return 2 * ceil(kv_heads / chips) * head_dim * value_bytes

    def room(self, replica: "Replica", fixed: int) -> tuple[int, int]:
        """Return the usable bytes of a chip and, of these, the KV cache's beside what is fixed."""
        share = replica.memory * replica.memory_utilization
        return int(share), int(kv_room(replica.memory, replica.memory_utilization, fixed))

    def least_bytes(self, fixed: int, cache: int, share: float) -> float:
        """Return the memory of a chip that has room for what is fixed and for a cache, given its share."""
        return (fixed + cache) / share

    def findings(self, path: str, replica: "Replica", use: "Memory") -> list[Finding]:
        """Judge what is this engine's own."""
        del path, replica, use
        return []

    def band(self, replica: "Replica") -> Band | None:
        """Return how well the estimate was measured on such chips; None if it never was."""
        del replica
        return None


def kv_room(memory_bytes: float, utilization: float, *parts: float) -> float:
    """Return what vLLM leaves for the KV cache: its share of all memory, less every other part, in the unit given.

    This is the identity of vLLM's own start-up log (vllm/v1/worker/gpu_worker.py, determine_available_memory).
    """
    return memory_bytes * utilization - sum(parts)


def state_bytes(model: Model, tensor_parallel: int, pipeline_parallel: int) -> int:
    """Return the bytes of one request's states on one chip, which share out their heads."""
    if model.recurrent is None:
        return 0
    layers = ceil(model.recurrent.layers / pipeline_parallel)
    return layers * ceil(model.recurrent.layer_bytes(SIXTEEN_BITS) / tensor_parallel)


def activation_bytes(dtype: WeightDtype) -> int:
    """Return the bytes of one activation where weights are served in `dtype`."""
    return round(BITS["float32"] / 8) if dtype == "float32" else SIXTEEN_BITS


def step_width(model: Model, chips: int) -> int:
    """Return the values that a token has alive at the widest point of a layer: gate, up and product, and residual."""
    if model.experts is None:
        return 3 * model.intermediate // chips + 3 * model.hidden
    routed = model.experts.active * (3 * model.experts.intermediate // chips + model.hidden)
    return routed + 3 * model.hidden
