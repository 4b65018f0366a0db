"""Decoders without experts, by `model_type`."""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator
from typing_extensions import override

from catalog.architecture import ModelType
from catalog.config_json.block import Block


class Llama(Block):
    """Llama and what has its shape."""

    model_type: Literal["llama"]


class Mistral(Block):
    """Mistral 7B and its successors; a window, if the file has one, is in every layer."""

    model_type: Literal["mistral"]

    @override
    def windowed_layers(self) -> int:
        return self.num_hidden_layers


class Qwen2(Block):
    """Qwen2 and Qwen2.5."""

    block: ClassVar[ModelType] = "qwen2"
    model_type: Literal["qwen2"]
    use_sliding_window: Literal[False] = False


class Qwen3(Block):
    """Dense Qwen3."""

    block: ClassVar[ModelType] = "qwen3"
    model_type: Literal["qwen3"]
    head_dim: PositiveInt | None = 128
    use_sliding_window: Literal[False] = False


class Gpt2(Block):
    """GPT-2, whose keys have names of their own."""

    block: ClassVar[ModelType] = "gpt2"
    model_type: Literal["gpt2"]
    hidden_size: PositiveInt = Field(validation_alias="n_embd")
    intermediate_size: PositiveInt = Field(validation_alias="n_inner")
    num_hidden_layers: PositiveInt = Field(validation_alias="n_layer")
    num_attention_heads: PositiveInt = Field(validation_alias="n_head")
    max_position_embeddings: PositiveInt = Field(validation_alias="n_positions")
    tie_word_embeddings: bool = True

    @model_validator(mode="before")
    @classmethod
    def _four_times_as_wide(cls, keys: dict[str, Any]) -> dict[str, Any]:
        width = keys.get("n_embd")
        if keys.get("n_inner") is None and isinstance(width, int):
            return {**keys, "n_inner": 4 * width}
        return keys


class Opt(Block):
    """OPT."""

    block: ClassVar[ModelType] = "opt"
    model_type: Literal["opt"]
    intermediate_size: PositiveInt = Field(validation_alias="ffn_dim")
    word_embed_proj_dim: PositiveInt | None = None
    tie_word_embeddings: bool = True

    @model_validator(mode="after")
    def _embeds_at_full_width(self) -> Self:
        if self.word_embed_proj_dim not in (None, self.hidden_size):
            raise ValueError(f"word_embed_proj_dim is {self.word_embed_proj_dim}; only hidden_size is known")
        return self


class Gemma2(Block):
    """Gemma 2: every second layer has a window."""

    block: ClassVar[ModelType] = "gemma2"
    model_type: Literal["gemma2"]
    head_dim: PositiveInt | None = 256
    sliding_window: PositiveInt | None = 4096
    tie_word_embeddings: bool = True

    @override
    def windowed_layers(self) -> int:
        return (self.num_hidden_layers + 1) // 2


class Gemma3(Block):
    """Gemma 3 without a vision tower: the last of each pattern attends to everything."""

    block: ClassVar[ModelType] = "gemma3"
    model_type: Literal["gemma3_text"]
    head_dim: PositiveInt | None = 256
    sliding_window: PositiveInt | None = 4096
    sliding_window_pattern: PositiveInt = 6
    tie_word_embeddings: bool = True

    @override
    def windowed_layers(self) -> int:
        return self.num_hidden_layers - self.num_hidden_layers // self.sliding_window_pattern
