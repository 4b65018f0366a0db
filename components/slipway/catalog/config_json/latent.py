"""Decoders with latent attention: DeepSeek-V2, V3 and R1, and Kimi-K2."""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from slipway.catalog.architecture import ModelType
from slipway.catalog.config_json.experts import Mixture
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count, Whole
from slipway.catalog.layers import Experts, LatentAttention


class DeepseekV2(Mixture):
    """DeepSeek-V2 and its Lite, whose queries are not compressed."""

    block: ClassVar[ModelType] = "deepseek_v2"
    q_lora_rank: Count | None = None
    kv_lora_rank: Count
    qk_rope_head_dim: Count
    qk_nope_head_dim: Count
    v_head_dim: Count
    n_routed_experts: Count
    moe_intermediate_size: Count
    n_shared_experts: Whole
    first_k_dense_replace: Whole
    moe_layer_freq: Count = 1

    @override
    def mixer(self, name: str, index: int) -> Iterator[Matrix]:
        hidden, heads, rank = self.hidden_size, self.num_attention_heads, self.kv_lora_rank
        query = heads * (self.qk_nope_head_dim + self.qk_rope_head_dim)
        if self.q_lora_rank is None:
            yield Matrix(f"{name}.q_proj", hidden, query, "outputs")
        else:
            yield Matrix(f"{name}.q_a_proj", hidden, self.q_lora_rank)
            yield vector(f"{name}.q_a_layernorm", self.q_lora_rank)
            yield Matrix(f"{name}.q_b_proj", self.q_lora_rank, query, "outputs")
        yield Matrix(f"{name}.kv_a_proj_with_mqa", hidden, rank + self.qk_rope_head_dim)
        yield vector(f"{name}.kv_a_layernorm", rank)
        yield Matrix(f"{name}.kv_b_proj", rank, heads * (self.qk_nope_head_dim + self.v_head_dim), "outputs")
        yield Matrix(f"{name}.o_proj", heads * self.v_head_dim, hidden, "inputs")

    @override
    def routed(self, index: int) -> bool:
        return index >= self.first_k_dense_replace and index % self.moe_layer_freq == 0

    @override
    def experts(self) -> Experts:
        return self.mixed(self.n_routed_experts, self.moe_intermediate_size, self.n_shared_experts)

    @override
    def latent(self) -> LatentAttention:
        return LatentAttention(
            q_rank=self.q_lora_rank or 0,
            kv_rank=self.kv_lora_rank,
            rope_dim=self.qk_rope_head_dim,
            nope_dim=self.qk_nope_head_dim,
            value_dim=self.v_head_dim,
        )


class DeepseekV3(DeepseekV2):
    """DeepSeek-V3, R1 and Kimi-K2: the router has a bias for balancing."""

    block: ClassVar[ModelType] = "deepseek_v3"

    @override
    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        yield from super().feed_forward(name, index)
        if self.routed(index):
            yield vector(f"{name}.balancing", self.n_routed_experts)
