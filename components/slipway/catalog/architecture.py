"""What a checkpoint is made of: the shape that decides its parameters, its weights and its KV cache.

Nothing here knows an engine, an accelerator or a stack. The parameter count is in `catalog.parameters`, the KV cache in
`catalog.kv_cache`, the table of known models in `catalog.models`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from slipway.catalog.layers import Experts, LatentAttention, Recurrent, SlidingWindow, Split, Vision

ModelType = Literal[
    "gpt2",
    "opt",
    "llama",
    "qwen2",
    "qwen3",
    "gemma2",
    "gemma3",
    "gemma4",
    "gpt_oss",
    "deepseek_v2",
    "deepseek_v3",
    "other",
]
"""The decoder block, where something depends on it beyond its numbers; Mistral and Mixtral have Llama's, Qwen3-MoE has
Qwen3's, with `experts` beside it."""

Dtype = Literal["float32", "float16", "bfloat16"]
Quantisation = Literal["fp8", "int8", "int4", "mxfp4", "nvfp4"]
WeightDtype = Literal[Dtype, Quantisation]
Attention = Literal["MHA", "GQA", "MQA", "MLA"]

BITS: dict[WeightDtype, float] = {
    "float32": 32,
    "float16": 16,
    "bfloat16": 16,
    "fp8": 8,
    "int8": 8,
    "int4": 4.25,
    "mxfp4": 4.25,
    "nvfp4": 4.5,
}
"""Bits a parameter, scales included: MXFP4 has 8 bits more for each 32 values, NVFP4 for each 16, int4 about 32 for
each 128."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One checkpoint, as its config.json and its files describe it.

    Attributes:
        name: Hugging Face id.
        model_type: the decoder block.
        parameters: all parameters, the vision tower included.
        layers: decoder layers.
        hidden: width of the residual stream.
        intermediate: width of the dense feed-forward layer; 0 where every layer has experts.
        heads: query heads.
        kv_heads: key and value heads; for MLA the number of query heads, of which none is cached as such.
        head_dim: dimensions of a head, not always hidden / heads.
        vocabulary: rows of the embedding.
        max_positions: longest context, in tokens, that the config allows.
        dtype: the dtype of the config, that of activations and of an unquantised checkpoint.
        tied: whether the output layer is the embedding.
        source: where the row was read.
        quantisation: how the checkpoint's own files are quantised, if they are.
        quantised_by: what its config.json calls the way that it is quantised; empty where that is not known.
        checkpoint_bytes: bytes of the checkpoint where parameters and dtype do not give them.
        vision: what it reads images with, if it does.
        gated: whether the download needs an approved token; the publisher can change this at any time.
        chat: whether the checkpoint has a chat template; a base model answers completions only.
        experts: the mixture of experts, if any.
        latent: the latent attention, if any.
        window: the layers with a sliding window, if any.
        recurrent: the layers with a state of fixed size, if any.
        cached_layers: layers that cache keys and values; None for all, 0 for an encoder.
        rotary_rows: positions that engines keep sines and cosines for; None for `max_positions`.
        whole_bytes: bytes of the checkpoint that every chip holds whole: norms, routers, low-rank projections.
        splits: the widths that its quantisation binds to a multiple.
    """

    name: str
    model_type: ModelType
    parameters: int
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    max_positions: int
    source: str
    dtype: Dtype = "bfloat16"
    tied: bool = False
    quantisation: Quantisation | None = None
    quantised_by: str = ""
    checkpoint_bytes: int | None = None
    vision: Vision | None = None
    gated: bool = False
    chat: bool = False
    experts: Experts | None = None
    latent: LatentAttention | None = None
    window: SlidingWindow | None = None
    recurrent: Recurrent | None = None
    cached_layers: int | None = None
    rotary_rows: int | None = None
    whole_bytes: int = 0
    splits: tuple[Split, ...] = ()

    @property
    def vision_parameters(self) -> int:
        """Those of `parameters` that are not the language model's."""
        return self.vision.parameters if self.vision else 0

    @property
    def attention_layers(self) -> int:
        """Layers that cache keys and values."""
        return self.layers if self.cached_layers is None else self.cached_layers

    @property
    def attention(self) -> Attention:
        """The kind of attention, by its key and value heads."""
        if self.latent is not None:
            return "MLA"
        if self.kv_heads == self.heads:
            return "MHA"
        return "MQA" if self.kv_heads == 1 else "GQA"

    @property
    def embedding_parameters(self) -> int:
        """Parameters of the token embedding and of the output layer."""
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the checkpoint's weights in the dtype that it is shipped in."""
        if self.checkpoint_bytes is not None:
            return self.checkpoint_bytes
        return self.weight_bytes_as(self.quantisation or self.dtype)

    def weight_bytes_as(self, dtype: WeightDtype) -> int:
        """Return the bytes of all weights in another dtype.

        Quantisation leaves the embedding, the output layer and the vision tower at 16 bits, as the FP8, AWQ and
        bitsandbytes recipes do; llm-d-planner measured 67.72 GiB for Llama-3.3-70B in FP8 and this gives 67.67.
        """
        if dtype in get_args(Dtype):
            return round(self.parameters * BITS[dtype] / 8)
        kept = self.embedding_parameters + self.vision_parameters
        return round((self.parameters - kept) * BITS[dtype] / 8 + kept * 2)
