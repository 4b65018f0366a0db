"""Decoders with Mamba layers."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self, cast

from pydantic import AliasChoices, Field, model_validator
from typing_extensions import override

from slipway.catalog.config_json.experts import Mixture
from slipway.catalog.config_json.hybrid import STATE_BYTES
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count, Whole
from slipway.catalog.layers import Experts, Recurrent

LETTERS = {"mamba": "M", "attention": "*", "mlp": "-", "moe": "E"}


class NemotronH(Mixture):
    """Nemotron-H, Nano 2 and Nemotron 3: a layer is Mamba, attention, feed-forward or experts, by a pattern."""

    gated: ClassVar[bool] = False
    head_dim: Count | None = Field(default=128, validation_alias=AliasChoices("head_dim", "attention_head_dim"))
    hybrid_override_pattern: str = Field(pattern=r"^[M*E-]+$")
    mamba_num_heads: Count
    mamba_head_dim: Count
    ssm_state_size: Count
    n_groups: Count
    conv_kernel: Count = 4
    use_conv_bias: bool = True
    mamba_ssm_cache_dtype: str = "float32"
    num_experts_per_tok: Count = 1
    n_routed_experts: Whole = 0
    moe_intermediate_size: Count = 1
    moe_shared_expert_intermediate_size: Whole = 0
    moe_latent_size: Count | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_letter_a_layer(cls, keys: dict[str, Any]) -> dict[str, Any]:
        """Newer files list the layers by words."""
        listed = keys.get("layers_block_type")
        if "hybrid_override_pattern" in keys or not isinstance(listed, list):
            return keys
        letters = "".join(LETTERS.get(str(word), "?") for word in cast("list[object]", listed))
        return {"num_hidden_layers": len(letters)} | keys | {"hybrid_override_pattern": letters}

    @model_validator(mode="after")
    def _has_a_letter_for_each_layer(self) -> Self:
        if len(self.hybrid_override_pattern) != self.num_hidden_layers:
            letters = len(self.hybrid_override_pattern)
            raise ValueError(f"hybrid_override_pattern has {letters} layers, and num_hidden_layers says otherwise")
        return self

    @property
    def _inner(self) -> int:
        return self.mamba_num_heads * self.mamba_head_dim

    @property
    def _convolved(self) -> int:
        return self._inner + 2 * self.n_groups * self.ssm_state_size

    @override
    def layer(self, name: str, index: int) -> Iterator[Matrix]:
        part = {"M": self._mamba, "*": self._attention, "-": self._dense, "E": self._mixture}
        yield from part[self.hybrid_override_pattern[index]](f"{name}.mixer")
        yield vector(f"{name}.norm", self.hidden_size)

    def _attention(self, name: str) -> Iterator[Matrix]:
        yield from self.grouped_attention(name, self.num_attention_heads, self.kv_heads, self.head)

    def _dense(self, name: str) -> Iterator[Matrix]:
        yield from self.dense(name, self.intermediate_size)

    def _mamba(self, name: str) -> Iterator[Matrix]:
        yield Matrix(
            f"{name}.in_proj", self.hidden_size, self._inner + self._convolved + self.mamba_num_heads, "outputs"
        )
        yield Matrix(f"{name}.out_proj", self._inner, self.hidden_size, "inputs")
        convolution = self._convolved * (self.conv_kernel + self.use_conv_bias)
        yield vector(f"{name}.states", convolution + self._inner + 3 * self.mamba_num_heads)

    def _mixture(self, name: str) -> Iterator[Matrix]:
        inputs, width = self.moe_latent_size or self.hidden_size, self.moe_intermediate_size
        yield Matrix(f"{name}.experts.0.up_proj", inputs, width, "outputs", self.n_routed_experts)
        yield Matrix(f"{name}.experts.0.down_proj", width, inputs, "inputs", self.n_routed_experts)
        if self.moe_latent_size:
            yield Matrix(f"{name}.fc1_latent_proj", self.hidden_size, inputs)
            yield Matrix(f"{name}.fc2_latent_proj", inputs, self.hidden_size)
        yield from self.dense(f"{name}.shared_experts", self.moe_shared_expert_intermediate_size)
        yield Matrix(f"{name}.gate", self.hidden_size, self.n_routed_experts, linear=False)
        yield vector(f"{name}.balancing", self.n_routed_experts)

    @override
    def routed(self, index: int) -> bool:
        return self.hybrid_override_pattern[index] == "E"

    @override
    def experts(self) -> Experts | None:
        if not self.n_routed_experts:
            return None
        shared = self.moe_shared_expert_intermediate_size // self.moe_intermediate_size
        return self.mixed(self.n_routed_experts, self.moe_intermediate_size, shared)

    @override
    def recurrent(self) -> Recurrent:
        return Recurrent(
            layers=self.hybrid_override_pattern.count("M"),
            values=self._convolved * (self.conv_kernel - 1),
            state=self._inner * self.ssm_state_size,
            state_bytes=STATE_BYTES.get(self.mamba_ssm_cache_dtype, 4),
        )

    @override
    def cached_layers(self) -> int:
        return self.hybrid_override_pattern.count("*")
