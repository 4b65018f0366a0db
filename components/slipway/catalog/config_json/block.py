"""The keys of config.json that most decoders share. Defaults are those of transformers' configuration classes."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from slipway.catalog.architecture import Dtype, Model, ModelType
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantisation import QuantisationConfig
from slipway.catalog.config_json.quantities import MOST_SCALED, Count, Layers
from slipway.catalog.layers import Experts, LatentAttention, Recurrent, SlidingWindow, Vision

SLIDING = "sliding_attention"
LINEAR = "linear_attention"


class Block(BaseModel):
    """A decoder with grouped attention and gated feed-forward layers; a subclass states what other decoders have.

    Attributes:
        block: the catalog's name of the decoder.
        gated: whether a feed-forward layer has a gate beside its two matrices.
        norms: vectors of norms in a layer, as wide as the residual stream.
        qkv_bias: whether queries, keys and values have a bias whatever the file says.
        out_bias: whether `attention_bias` is of the output, too.
        qk_norm: whether the heads of queries and keys are normalised.
    """

    model_config = ConfigDict(frozen=True)
    block: ClassVar[ModelType] = "other"
    gated: ClassVar[bool] = True
    norms: ClassVar[int] = 2
    qkv_bias: ClassVar[bool] = False
    out_bias: ClassVar[bool] = True
    qk_norm: ClassVar[bool] = False

    hidden_size: Count
    intermediate_size: Count
    num_hidden_layers: Layers
    num_attention_heads: Count
    vocab_size: Count
    max_position_embeddings: Count
    num_key_value_heads: Count | None = None
    head_dim: Count | None = None
    attention_bias: bool = False
    mlp_bias: bool = False
    tie_word_embeddings: bool = False
    dtype: Dtype | None = Field(default=None, validation_alias=AliasChoices("dtype", "torch_dtype"))
    quantization_config: QuantisationConfig | None = None
    sliding_window: Count | None = None
    layer_types: tuple[str, ...] | None = None
    rope_scaling: dict[str, Any] | None = Field(
        default=None, validation_alias=AliasChoices("rope_scaling", "rope_parameters")
    )

    @model_validator(mode="after")
    def _is_a_network(self) -> Self:
        if self.head_dim is None and self.hidden_size % self.num_attention_heads:
            raise ValueError(f"hidden_size {self.hidden_size} is no multiple of num_attention_heads")
        if self.num_attention_heads % self.kv_heads:
            raise ValueError(f"num_key_value_heads {self.kv_heads} do not divide {self.num_attention_heads} heads")
        if self.layer_types is not None and len(self.layer_types) != self.num_hidden_layers:
            raise ValueError(f"layer_types lists {len(self.layer_types)} layers, not {self.num_hidden_layers}")
        return self

    @property
    def kv_heads(self) -> int:
        """Key and value heads."""
        return self.num_key_value_heads or self.num_attention_heads

    @property
    def dense_width(self) -> int:
        """Width of a feed-forward layer without experts."""
        return self.intermediate_size

    @property
    def head(self) -> int:
        """Dimensions of a head."""
        return self.head_dim or self.hidden_size // self.num_attention_heads

    def shape(self, name: str, source: str) -> Model:
        """Return the row without what is counted from the matrices."""
        experts, latent = self.experts(), self.latent()
        return Model(
            name=name,
            model_type=self.block,
            parameters=0,
            layers=self.num_hidden_layers,
            hidden=self.hidden_size,
            intermediate=0 if experts and not experts.dense_layers else self.dense_width,
            heads=self.num_attention_heads,
            kv_heads=self.kv_heads,
            head_dim=latent.nope_dim + latent.rope_dim if latent else self.head,
            vocabulary=self.vocab_size,
            max_positions=self.max_position_embeddings,
            source=source,
            dtype=self.dtype or ("bfloat16" if self.quantization_config else "float32"),
            tied=self.tie_word_embeddings,
            vision=self.vision(),
            experts=experts,
            latent=latent,
            window=self.window(),
            recurrent=self.recurrent(),
            cached_layers=self.cached_layers(),
            rotary_rows=self.rotary_rows(),
        )

    def matrices(self) -> Iterator[Matrix]:
        """Yield all that the language model consists of."""
        yield Matrix("embed_tokens", self.hidden_size, self.vocab_size, "outputs", linear=False)
        if not self.tie_word_embeddings:
            yield Matrix("lm_head", self.hidden_size, self.vocab_size, "outputs", linear=False)
        for index in range(self.num_hidden_layers):
            yield from self.layer(f"layers.{index}", index)
        yield vector("norm", self.hidden_size)

    def layer(self, name: str, index: int) -> Iterator[Matrix]:
        """Yield the matrices of a layer."""
        yield from self.mixer(f"{name}.self_attn", index)
        yield from self.feed_forward(f"{name}.mlp", index)
        yield vector(f"{name}.norms", self.norms * self.hidden_size)

    def mixer(self, name: str, index: int) -> Iterator[Matrix]:
        """Yield attention, or what a layer has in its place."""
        del index
        yield from self.grouped_attention(name, self.num_attention_heads, self.kv_heads, self.head)

    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        """Yield the feed-forward layer, or what a layer has in its place."""
        del index
        yield from self.dense(name, self.dense_width)

    def grouped_attention(self, name: str, heads: int, kv_heads: int, head: int) -> Iterator[Matrix]:
        """Yield attention with so many query heads, key and value heads, and dimensions of a head."""
        query, key = heads * head, kv_heads * head
        yield Matrix(f"{name}.q_proj", self.hidden_size, query, "outputs")
        yield Matrix(f"{name}.k_proj", self.hidden_size, key, "outputs")
        yield Matrix(f"{name}.v_proj", self.hidden_size, key, "outputs")
        yield Matrix(f"{name}.o_proj", query, self.hidden_size, "inputs")
        if self.attention_bias or self.qkv_bias:
            yield vector(f"{name}.bias", query + 2 * key)
        if self.attention_bias and self.out_bias:
            yield vector(f"{name}.o_proj.bias", self.hidden_size)
        if self.qk_norm:
            yield vector(f"{name}.qk_norm", self.qk_values(head))

    def qk_values(self, head: int) -> int:
        """Return the numbers that normalise queries and keys of a layer with so many dimensions of a head."""
        return 2 * head

    def dense(self, name: str, width: int, copies: int = 1) -> Iterator[Matrix]:
        """Yield a feed-forward layer of a width."""
        names = ("gate_proj", "up_proj") if self.gated else ("up_proj",)
        for part in names:
            yield Matrix(f"{name}.{part}", self.hidden_size, width, "outputs", copies)
        yield Matrix(f"{name}.down_proj", width, self.hidden_size, "inputs", copies)
        if self.mlp_bias:
            yield vector(f"{name}.bias", copies * (len(names) * width + self.hidden_size))

    def experts(self) -> Experts | None:
        """Return the mixture of experts."""
        return None

    def latent(self) -> LatentAttention | None:
        """Return the latent attention."""
        return None

    def vision(self) -> Vision | None:
        """Return what images are read with."""
        return None

    def recurrent(self) -> Recurrent | None:
        """Return the layers with a state of fixed size."""
        return None

    def cached_layers(self) -> int | None:
        """Return how many layers cache keys and values, if not all do."""
        return None

    def window(self) -> SlidingWindow | None:
        """Return the layers with a sliding window; the file lists them, or the architecture says which have one."""
        layers = self.windowed_layers() if self.layer_types is None else self.layer_types.count(SLIDING)
        return SlidingWindow(layers=layers, tokens=self.sliding_window) if layers and self.sliding_window else None

    def windowed_layers(self) -> int:
        """Return how many layers have a sliding window where the file does not list them."""
        return 0

    def rotary_rows(self) -> int | None:
        """Return the rows of the tables of rotary angles, if not one for each position.

        Linear scaling keeps the factor times as many (vllm/model_executor/layers/rotary_embedding/linear_scaling_rope).
        """
        scaling = self.rope_scaling or {}
        scaling = scaling.get("full_attention", scaling)
        kind, factor = scaling.get("rope_type", scaling.get("type")), scaling.get("factor")
        if kind != "linear" or not isinstance(factor, int | float) or not 0 < factor < MOST_SCALED:
            return None
        return round(self.max_position_embeddings * factor)
