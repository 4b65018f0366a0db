"""Decoders of which most layers keep a state of fixed size in place of keys and values; Mamba's are in `mamba`."""

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import model_validator
from typing_extensions import override

from slipway.catalog.architecture import ModelType
from slipway.catalog.config_json.block import LINEAR, Block
from slipway.catalog.config_json.experts import LocalExperts, Qwen2Moe
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count
from slipway.catalog.layers import Recurrent

STATE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "auto": 2}
"""Of one number of a state."""


class GatedDelta(Block):
    """Gated delta layers, and attention with an output gate in every fourth layer: Qwen3-Next and Qwen3.5."""

    qk_norm: ClassVar[bool] = True
    head_dim: Count | None = 256
    full_attention_interval: Count = 4
    linear_conv_kernel_dim: Count = 4
    linear_key_head_dim: Count = 128
    linear_value_head_dim: Count = 128
    linear_num_key_heads: Count = 16
    linear_num_value_heads: Count = 32
    mamba_ssm_dtype: str = "auto"

    def attends(self, index: int) -> bool:
        """Whether a layer has attention."""
        if self.layer_types is not None:
            return self.layer_types[index] != LINEAR
        return (index + 1) % self.full_attention_interval == 0

    @property
    def _key(self) -> int:
        return self.linear_num_key_heads * self.linear_key_head_dim

    @property
    def _value(self) -> int:
        return self.linear_num_value_heads * self.linear_value_head_dim

    @override
    def mixer(self, name: str, index: int) -> Iterator[Matrix]:
        if self.attends(index):
            heads, head = self.num_attention_heads, self.head
            yield from self.grouped_attention(name, heads, self.kv_heads, head)
            yield Matrix(f"{name}.q_proj", self.hidden_size, heads * head, "outputs")
            return
        name = name.replace("self_attn", "linear_attn")
        hidden, heads = self.hidden_size, self.linear_num_value_heads
        yield Matrix(f"{name}.in_proj_qkv", hidden, 2 * self._key + self._value, "outputs")
        yield Matrix(f"{name}.in_proj_z", hidden, self._value, "outputs")
        yield Matrix(f"{name}.in_proj_ba", hidden, 2 * heads, "outputs", linear=False)
        yield Matrix(f"{name}.out_proj", self._value, hidden, "inputs")
        convolution = (2 * self._key + self._value) * self.linear_conv_kernel_dim
        yield vector(f"{name}.states", convolution + 2 * heads + self.linear_value_head_dim)

    @override
    def recurrent(self) -> Recurrent:
        return Recurrent(
            layers=self.num_hidden_layers - self.cached_layers(),
            values=(2 * self._key + self._value) * (self.linear_conv_kernel_dim - 1),
            state=self._value * self.linear_key_head_dim,
            state_bytes=STATE_BYTES.get(self.mamba_ssm_dtype, 4),
        )

    @override
    def cached_layers(self) -> int:
        return sum(self.attends(index) for index in range(self.num_hidden_layers))


class Qwen3Next(GatedDelta, Qwen2Moe):
    """Qwen3-Next."""

    block: ClassVar[ModelType] = "other"
    qkv_bias: ClassVar[bool] = False
    qk_norm: ClassVar[bool] = True
    head_dim: Count | None = 256


class Qwen35(GatedDelta):
    """Dense Qwen3.5 without its tower."""


class Qwen35Moe(Qwen3Next):
    """Qwen3.5 with experts, without its tower."""

    intermediate_size: Count = 1
    num_experts: Count = 256
    num_experts_per_tok: Count = 8


class MiniMax(LocalExperts):
    """MiniMax-Text-01 and M1: lightning attention in seven of eight layers."""

    attn_type_list: tuple[int, ...] | None = None

    @model_validator(mode="after")
    def _lists_every_layer(self) -> Self:
        if self.attn_type_list is not None and len(self.attn_type_list) != self.num_hidden_layers:
            raise ValueError(f"attn_type_list has {len(self.attn_type_list)} layers, not {self.num_hidden_layers}")
        return self

    def _lightning(self, index: int) -> bool:
        if self.layer_types is not None:
            return self.layer_types[index] == LINEAR
        return self.attn_type_list[index] == 0 if self.attn_type_list else index % 2 == 0

    @override
    def mixer(self, name: str, index: int) -> Iterator[Matrix]:
        if not self._lightning(index):
            yield from super().mixer(name, index)
            return
        inner = self.num_attention_heads * self.head
        yield Matrix(f"{name}.qkv_proj", self.hidden_size, 3 * inner, "outputs")
        yield Matrix(f"{name}.output_gate", self.hidden_size, inner, "outputs")
        yield Matrix(f"{name}.out_proj", inner, self.hidden_size, "inputs")
        yield vector(f"{name}.norm", inner)

    @override
    def recurrent(self) -> Recurrent:
        return Recurrent(
            layers=self.num_hidden_layers - self.cached_layers(),
            values=0,
            state=self.num_attention_heads * self.head**2,
            state_bytes=4,
        )

    @override
    def cached_layers(self) -> int:
        return sum(not self._lightning(index) for index in range(self.num_hidden_layers))
