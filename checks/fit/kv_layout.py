"""How an engine lays a model's KV cache out on one chip: shards, padding, pages and windows."""

from dataclasses import dataclass
from math import ceil

from catalog.architecture import Model, SlidingWindow
from catalog.kv_cache import kv_values_per_layer
from checks.fit.replica import Engine, Replica
from checks.fit.weights import activation_bytes, served_dtype

TPU_LANES = 128
"""TPU kernels keep each head in whole rows of this many values; head dimension 64 has a kernel without padding in newer
versions of tpu-inference, which is not relied on."""
TPU_PACKED_BITS = 32
"""TPU kernels keep as many heads side by side as fill this many bits."""
TPU_BLOCK_TABLE_ENTRIES = 131072
"""Entries of the block table that fit half of a TPU core's 1 MiB of scalar memory, at 4 bytes each."""
PAGE_TOKENS: dict[Engine, int] = {"vllm": 16, "tensorrt-llm": 32, "triton-python": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class KvLayout:
    """The cache of one model on one chip.

    Attributes:
        full: bytes of a token in the layers that attend to everything.
        windowed: bytes of a token in the layers with a sliding window, where the engine frees what lies before it.
        window: that window.
        chunk: most tokens that one step adds.
        page: tokens of a page.
    """

    full: int
    windowed: int
    window: SlidingWindow | None
    chunk: int
    page: int

    def request_bytes(self, tokens: int) -> int:
        """Return the bytes of one request of this many tokens.

        A layer with a window holds the window and one step's tokens, and one page more since windows start within a
        page (vllm/v1/kv_cache_interface.py); so vLLM asked for 4.54 GiB for 131072 tokens of gpt-oss-120b, 4.50 of them
        in the other layers (vllm#27508).
        """
        total = ceil(tokens / self.page) * self.page * self.full
        if self.window is not None:
            held = min(self.window.tokens - 1 + self.chunk, tokens)
            total += (ceil(held / self.page) + 1) * self.page * self.windowed
        return total


def kv_layout(replica: Replica, model: Model, *, tensor_parallel: int, pipeline_parallel: int) -> KvLayout:
    """Return the layout of the cache of `model`, the served or the draft model, on the fullest chip of `replica`."""
    layers = ceil(model.layers / pipeline_parallel)
    value_bytes = kv_value_bytes(replica)
    layer_bytes = _tpu_layer if replica.engine == "vllm-tpu" else _gpu_layer
    layer = layer_bytes(model, tensor_parallel, value_bytes)
    # Only vLLM on GPUs is known to free what lies before a window.
    window = model.window if replica.engine == "vllm" else None
    windowed = ceil(window.layers / pipeline_parallel) if window else 0
    return KvLayout(
        full=(layers - windowed) * layer,
        windowed=windowed * layer,
        window=window,
        chunk=replica.batched_tokens,
        page=_page(replica),
    )


def kv_value_bytes(replica: Replica) -> int:
    """Return the bytes of one cached number."""
    if replica.kv_dtype is None:
        return activation_bytes(served_dtype(replica.model, replica.weight_dtype, replica.engine))
    return {"fp8": 1, "16-bit": 2, "float32": 4}[replica.kv_dtype]


def _gpu_layer(model: Model, tensor_parallel: int, value_bytes: int) -> int:
    """A head is never split, so beyond as many chips as heads the cache is replicated; MLA's one entry always is."""
    if model.latent is not None:
        return kv_values_per_layer(model) * value_bytes
    return 2 * ceil(model.kv_heads / tensor_parallel) * model.head_dim * value_bytes


def _tpu_layer(model: Model, tensor_parallel: int, value_bytes: int) -> int:
    if model.latent is not None:
        return _up(kv_values_per_layer(model), TPU_LANES) * value_bytes
    packed = TPU_PACKED_BITS // (8 * value_bytes)
    return _up(2 * ceil(model.kv_heads / tensor_parallel), packed) * _up(model.head_dim, TPU_LANES) * value_bytes


def _page(replica: Replica) -> int:
    """On TPU as tpu-inference chooses it; the block table of all requests has to fit its memory."""
    if replica.engine != "vllm-tpu":
        return PAGE_TOKENS[replica.engine]
    length = replica.max_model_len
    page = 16 if length > 8192 else min(max(_power_of_two(length) // 16, 16), 256)
    return max(page, _power_of_two(ceil(length * replica.sequences / TPU_BLOCK_TABLE_ENTRIES)))


def _up(value: int, multiple: int) -> int:
    return ceil(value / multiple) * multiple


def _power_of_two(value: int) -> int:
    """Return the smallest power of two that is not below `value`."""
    return 1 << (value - 1).bit_length()
