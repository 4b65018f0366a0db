"""Decoders with the shape of GPT: no gate, biases, norms with a bias."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator
from typing_extensions import override

from slipway.catalog.architecture import ModelType
from slipway.catalog.config_json.block import Block
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count, Layers

OPT_OFFSET = 2
"""OPT's learned positions start at 2."""


class _Gpt(Block):
    """A layer with two norms with a bias, and biases throughout."""

    gated: ClassVar[bool] = False
    norms: ClassVar[int] = 4
    attention_bias: bool = True
    mlp_bias: bool = True

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        yield vector("norm.bias", self.hidden_size)


class Gpt2(_Gpt):
    """GPT-2, whose keys have names of their own, and whose positions are learned."""

    block: ClassVar[ModelType] = "gpt2"
    hidden_size: Count = Field(validation_alias="n_embd")
    intermediate_size: Count = Field(validation_alias="n_inner")
    num_hidden_layers: Layers = Field(validation_alias="n_layer")
    num_attention_heads: Count = Field(validation_alias="n_head")
    max_position_embeddings: Count = Field(validation_alias="n_positions")
    tie_word_embeddings: bool = True

    @model_validator(mode="before")
    @classmethod
    def _four_times_as_wide(cls, keys: dict[str, Any]) -> dict[str, Any]:
        width = keys.get("n_embd")
        if keys.get("n_inner") is None and isinstance(width, int):
            return {**keys, "n_inner": 4 * width}
        return keys

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        yield vector("positions", self.max_position_embeddings * self.hidden_size)


class Opt(_Gpt):
    """OPT."""

    block: ClassVar[ModelType] = "opt"
    intermediate_size: Count = Field(validation_alias="ffn_dim")
    word_embed_proj_dim: Count | None = None
    tie_word_embeddings: bool = True

    @model_validator(mode="after")
    def _embeds_at_full_width(self) -> Self:
        if self.word_embed_proj_dim not in (None, self.hidden_size):
            raise ValueError(f"word_embed_proj_dim is {self.word_embed_proj_dim}; only hidden_size is known")
        return self

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        yield vector("positions", (self.max_position_embeddings + OPT_OFFSET) * self.hidden_size)


class GptNeox(_Gpt):
    """GPT-NeoX and Pythia."""


class Phi(_Gpt):
    """Phi-1.5 and Phi-2: one norm before both halves, and an output layer with a bias."""

    norms: ClassVar[int] = 2

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        yield vector("lm_head.bias", self.vocab_size)


class Falcon(Block):
    """Falcon 7B, 40B and 180B; Falcon 3 has Llama's shape."""

    gated: ClassVar[bool] = False
    intermediate_size: Count = Field(default=1, validation_alias="ffn_hidden_size")
    max_position_embeddings: Count = 2048
    num_key_value_heads: Count | None = Field(default=None, validation_alias="num_kv_heads")
    tie_word_embeddings: bool = True
    new_decoder_architecture: bool = False
    multi_query: bool = True
    parallel_attn: bool = True
    bias: bool = False
    num_ln_in_parallel_attn: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_it_means(cls, keys: dict[str, Any]) -> dict[str, Any]:
        """Fill in what follows from other keys; `n_head_kv` is the older name of `num_kv_heads`."""
        width, given = keys.get("hidden_size"), dict(keys)
        if keys.get("ffn_hidden_size") is None and isinstance(width, int):
            given["ffn_hidden_size"] = 4 * width
        if keys.get("multi_query", True) and not keys.get("new_decoder_architecture", False):
            given["num_kv_heads"] = 1
        return given | {"attention_bias": keys.get("bias", False), "mlp_bias": keys.get("bias", False)}

    @override
    def layer(self, name: str, index: int) -> Iterator[Matrix]:
        yield from self.mixer(f"{name}.self_attention", index)
        yield from self.feed_forward(f"{name}.mlp", index)
        two = self.num_ln_in_parallel_attn == 2 or (
            self.num_ln_in_parallel_attn is None and self.new_decoder_architecture
        )
        yield vector(f"{name}.norms", (4 if two or not self.parallel_attn else 2) * self.hidden_size)

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        yield vector("norm.bias", self.hidden_size)
