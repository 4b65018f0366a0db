"""Decoders with a mixture of experts, by `model_type`."""

from typing import Annotated, ClassVar, Literal

from pydantic import AliasChoices, Field, NonNegativeInt, PositiveInt
from typing_extensions import override

from catalog.architecture import Experts, LatentAttention, ModelType
from catalog.config_json.block import Block


class LocalExperts(Block):
    """The keys of Mixtral's experts."""

    num_local_experts: PositiveInt
    num_experts_per_tok: PositiveInt

    @override
    def experts(self) -> Experts:
        return Experts(
            count=self.num_local_experts, active=self.num_experts_per_tok, intermediate=self.intermediate_size
        )


class Mixtral(LocalExperts):
    """Mixtral."""

    model_type: Literal["mixtral"]


class Qwen3Moe(Block):
    """Qwen3 with experts in every layer."""

    block: ClassVar[ModelType] = "qwen3"
    model_type: Literal["qwen3_moe"]
    use_sliding_window: Literal[False] = False
    num_experts: PositiveInt = Field(validation_alias=AliasChoices("num_experts", "num_local_experts"))
    num_experts_per_tok: PositiveInt
    moe_intermediate_size: PositiveInt
    decoder_sparse_step: Literal[1] = 1
    mlp_only_layers: Annotated[tuple[int, ...], Field(max_length=0)] | None = None

    @override
    def experts(self) -> Experts:
        return Experts(count=self.num_experts, active=self.num_experts_per_tok, intermediate=self.moe_intermediate_size)


class GptOss(LocalExperts):
    """gpt-oss: every second layer has a window."""

    block: ClassVar[ModelType] = "gpt_oss"
    model_type: Literal["gpt_oss"]
    sliding_window: PositiveInt | None = 128

    @override
    def windowed_layers(self) -> int:
        return (self.num_hidden_layers + 1) // 2


class DeepseekV3(Block):
    """DeepSeek-V3 and R1."""

    block: ClassVar[ModelType] = "deepseek_v3"
    model_type: Literal["deepseek_v3"]
    q_lora_rank: PositiveInt
    kv_lora_rank: PositiveInt
    qk_rope_head_dim: PositiveInt
    qk_nope_head_dim: PositiveInt
    v_head_dim: PositiveInt
    n_routed_experts: PositiveInt
    num_experts_per_tok: PositiveInt
    moe_intermediate_size: PositiveInt
    n_shared_experts: NonNegativeInt
    first_k_dense_replace: NonNegativeInt
    moe_layer_freq: Literal[1] = 1

    @override
    def experts(self) -> Experts:
        return Experts(
            count=self.n_routed_experts,
            active=self.num_experts_per_tok,
            intermediate=self.moe_intermediate_size,
            shared=self.n_shared_experts,
            dense_layers=self.first_k_dense_replace,
        )

    @override
    def latent(self) -> LatentAttention:
        return LatentAttention(
            q_rank=self.q_lora_rank,
            kv_rank=self.kv_lora_rank,
            rope_dim=self.qk_rope_head_dim,
            nope_dim=self.qk_nope_head_dim,
            value_dim=self.v_head_dim,
        )
