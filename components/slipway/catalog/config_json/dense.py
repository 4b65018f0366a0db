"""Decoders without experts."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from typing_extensions import override

from slipway.catalog.architecture import ModelType
from slipway.catalog.config_json.block import Block
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count


class Llama(Block):
    """Llama and what has its shape."""

    block: ClassVar[ModelType] = "llama"


class Mistral(Block):
    """Mistral 7B and its successors; a window, if the file has one, is in every layer."""

    block: ClassVar[ModelType] = "llama"

    @override
    def windowed_layers(self) -> int:
        return self.num_hidden_layers


class Qwen2(Block):
    """Qwen2 and Qwen2.5."""

    block: ClassVar[ModelType] = "qwen2"
    qkv_bias: ClassVar[bool] = True
    use_sliding_window: Literal[False] = False


class Qwen3(Block):
    """Dense Qwen3."""

    block: ClassVar[ModelType] = "qwen3"
    qk_norm: ClassVar[bool] = True
    head_dim: Count | None = 128
    use_sliding_window: Literal[False] = False


class Gemma(Block):
    """The first Gemma."""

    head_dim: Count | None = 256
    tie_word_embeddings: bool = True


class Gemma2(Block):
    """Gemma 2: every second layer has a window, and norms stand before and after both halves of a layer."""

    block: ClassVar[ModelType] = "gemma2"
    norms: ClassVar[int] = 4
    head_dim: Count | None = 256
    sliding_window: Count | None = 4096
    tie_word_embeddings: bool = True

    @override
    def windowed_layers(self) -> int:
        return (self.num_hidden_layers + 1) // 2


class Gemma3(Block):
    """Gemma 3 without a vision tower: the last of each pattern attends to everything, and has a scaled rotation."""

    block: ClassVar[ModelType] = "gemma3"
    norms: ClassVar[int] = 4
    qk_norm: ClassVar[bool] = True
    vocab_size: Count = 262208
    num_attention_heads: Count = 8
    num_key_value_heads: Count | None = 4
    head_dim: Count | None = 256
    max_position_embeddings: Count = 131072
    sliding_window: Count | None = 4096
    sliding_window_pattern: Count = 6
    tie_word_embeddings: bool = True

    @override
    def windowed_layers(self) -> int:
        return self.num_hidden_layers - self.num_hidden_layers // self.sliding_window_pattern

    @override
    def rotary_rows(self) -> int:
        """Layers with a window have a table of their own."""
        return self.max_position_embeddings + (super().rotary_rows() or self.max_position_embeddings)


class Phi3(Block):
    """Phi-3 and Phi-4, whose files name queries, keys and values as one matrix, and gate and up as another."""

    @override
    def mixer(self, name: str, index: int) -> Iterator[Matrix]:
        query, key = self.num_attention_heads * self.head, self.kv_heads * self.head
        yield Matrix(f"{name}.qkv_proj", self.hidden_size, query + 2 * key, "outputs")
        yield Matrix(f"{name}.o_proj", query, self.hidden_size, "inputs")

    @override
    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        yield Matrix(f"{name}.gate_up_proj", self.hidden_size, 2 * self.intermediate_size, "outputs")
        yield Matrix(f"{name}.down_proj", self.intermediate_size, self.hidden_size, "inputs")

    @override
    def windowed_layers(self) -> int:
        return self.num_hidden_layers


class Glm(Block):
    """GLM-4."""

    out_bias: ClassVar[bool] = False
    head_dim: Count | None = 128
    attention_bias: bool = True


class Glm4(Glm):
    """GLM-4-0414, with norms after both halves of a layer, too."""

    norms: ClassVar[int] = 4


class Nemotron(Block):
    """Nemotron-4 and Minitron: no gate, and norms with a bias."""

    gated: ClassVar[bool] = False
    norms: ClassVar[int] = 4

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        yield vector("norm.bias", self.hidden_size)
