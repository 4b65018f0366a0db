"""Encoders, which turn texts into vectors and cache nothing."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field
from typing_extensions import override

from slipway.catalog.config_json.block import Block
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count, Whole


class _Encoder(Block):
    """An encoder; its output layer is none."""

    tie_word_embeddings: bool = True

    @override
    def cached_layers(self) -> int:
        return 0


class Bert(_Encoder):
    """BERT, RoBERTa and XLM-RoBERTa, among them BGE and E5: biases throughout, learned positions, and a pooler."""

    gated: ClassVar[bool] = False
    norms: ClassVar[int] = 4
    type_vocab_size: Whole = 2
    attention_bias: bool = True
    mlp_bias: bool = True

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        positions = self.max_position_embeddings + self.type_vocab_size
        yield vector("embeddings", (positions + 1) * self.hidden_size)
        yield vector("pooler", self.hidden_size * (self.hidden_size + 1))


class ModernBert(_Encoder):
    """ModernBERT: no biases, gated, and one norm more before its layers than they have."""

    max_position_embeddings: Count = Field(default=8192)

    @override
    def layer(self, name: str, index: int) -> Iterator[Matrix]:
        yield from self.mixer(f"{name}.attn", index)
        yield from self.feed_forward(f"{name}.mlp", index)
        yield vector(f"{name}.norms", (2 if index else 1) * self.hidden_size)

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        yield vector("embeddings.norm", self.hidden_size)

    @override
    def window(self) -> None:
        """It caches nothing."""
