"""Decoders with a mixture of experts and grouped attention."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import AliasChoices, Field
from typing_extensions import override

from slipway.catalog.architecture import ModelType
from slipway.catalog.config_json.block import Block
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count, Whole
from slipway.catalog.layers import Experts, SlidingWindow


class Mixture(Block):
    """Experts in some layers or in all of them; a subclass says under which keys."""

    num_experts_per_tok: Count

    @override
    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        experts = self.experts()
        if experts is None or not self.routed(index):
            yield from self.dense(name, self.dense_width)
            return
        yield from self.dense(f"{name}.experts.0", experts.intermediate, experts.count)
        yield Matrix(f"{name}.gate", self.hidden_size, experts.count, linear=False)
        if experts.shared:
            yield from self.dense(f"{name}.shared_experts", experts.shared * experts.intermediate)

    def routed(self, index: int) -> bool:
        """Whether a layer has experts."""
        del index
        return True

    def mixed(self, count: int, intermediate: int, shared: int = 0) -> Experts:
        """Return the experts, of which so many are routed to and so many are shared by all tokens."""
        return Experts(
            count=count,
            active=self.num_experts_per_tok,
            intermediate=intermediate,
            shared=shared,
            dense_layers=sum(not self.routed(index) for index in range(self.num_hidden_layers)),
        )


class LocalExperts(Mixture):
    """The keys of Mixtral's experts."""

    num_local_experts: Count

    @override
    def experts(self) -> Experts:
        return self.mixed(self.num_local_experts, self.intermediate_size)


class Mixtral(LocalExperts):
    """Mixtral."""

    block: ClassVar[ModelType] = "llama"


class MiniMaxM2(LocalExperts):
    """MiniMax-M2: queries and keys are normalised over all heads at once, and the router has a bias for balancing."""

    qk_norm: ClassVar[bool] = True
    num_experts_per_tok: Count = 8

    @override
    def qk_values(self, head: int) -> int:
        return (self.num_attention_heads + self.kv_heads) * head

    @override
    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        yield from super().feed_forward(name, index)
        yield vector(f"{name}.balancing", self.num_local_experts)


class Qwen3Moe(Mixture):
    """Qwen3 with experts."""

    block: ClassVar[ModelType] = "qwen3"
    qk_norm: ClassVar[bool] = True
    use_sliding_window: Literal[False] = False
    num_experts: Count = Field(validation_alias=AliasChoices("num_experts", "num_local_experts"))
    moe_intermediate_size: Count
    decoder_sparse_step: Count = 1
    mlp_only_layers: tuple[int, ...] | None = None

    @override
    def routed(self, index: int) -> bool:
        return index not in (self.mlp_only_layers or ()) and (index + 1) % self.decoder_sparse_step == 0

    @override
    def experts(self) -> Experts:
        return self.mixed(self.num_experts, self.moe_intermediate_size)


class Qwen2Moe(Qwen3Moe):
    """Qwen1.5 and Qwen2 with experts, of which one, with a gate of its own, every token passes."""

    block: ClassVar[ModelType] = "qwen2"
    qk_norm: ClassVar[bool] = False
    qkv_bias: ClassVar[bool] = True
    shared_expert_intermediate_size: Count

    @override
    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        yield from super().feed_forward(name, index)
        if self.routed(index):
            yield Matrix(f"{name}.shared_expert_gate", self.hidden_size, 1, linear=False)

    @override
    def experts(self) -> Experts:
        shared = self.shared_expert_intermediate_size // self.moe_intermediate_size
        return self.mixed(self.num_experts, self.moe_intermediate_size, shared)


class GptOss(LocalExperts):
    """gpt-oss: every second layer has a window, every matrix a bias, every head a sink."""

    block: ClassVar[ModelType] = "gpt_oss"
    sliding_window: Count | None = 128
    attention_bias: bool = True
    mlp_bias: bool = True

    @override
    def layer(self, name: str, index: int) -> Iterator[Matrix]:
        yield from super().layer(name, index)
        yield vector(f"{name}.router_and_sinks", self.num_local_experts + self.num_attention_heads)

    @override
    def windowed_layers(self) -> int:
        return (self.num_hidden_layers + 1) // 2


class Glm4Moe(Mixture):
    """GLM-4.5, 4.6 and 4.7: leading layers are dense, and the router has a bias for balancing."""

    out_bias: ClassVar[bool] = False
    qk_norm: ClassVar[bool] = True
    n_routed_experts: Count
    moe_intermediate_size: Count
    n_shared_experts: Whole = 1
    first_k_dense_replace: Whole = 1
    use_qk_norm: bool = False

    @override
    def qk_values(self, head: int) -> int:
        return 2 * head if self.use_qk_norm else 0

    @override
    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        yield from super().feed_forward(name, index)
        if self.routed(index):
            yield vector(f"{name}.balancing", self.n_routed_experts)

    @override
    def routed(self, index: int) -> bool:
        return index >= self.first_k_dense_replace

    @override
    def experts(self) -> Experts:
        return self.mixed(self.n_routed_experts, self.moe_intermediate_size, self.n_shared_experts)


class Llama4(Mixture):
    """Llama 4: experts in every nth layer, and attention in chunks in three of four."""

    intermediate_size_mlp: Count
    num_local_experts: Count
    interleave_moe_layer_step: Count = 1
    moe_layers: tuple[int, ...] | None = None
    attention_chunk_size: Count | None = 8192
    no_rope_layer_interval: Count = 4
    no_rope_layers: tuple[int, ...] | None = None

    @property
    @override
    def dense_width(self) -> int:
        return self.intermediate_size_mlp

    @override
    def routed(self, index: int) -> bool:
        if self.moe_layers is not None:
            return index in self.moe_layers
        return (index + 1) % self.interleave_moe_layer_step == 0

    @override
    def experts(self) -> Experts:
        return self.mixed(self.num_local_experts, self.intermediate_size, shared=1)

    @override
    def window(self) -> SlidingWindow | None:
        layers = self.num_hidden_layers
        by_interval = layers - layers // self.no_rope_layer_interval
        local = sum(self.no_rope_layers) if self.no_rope_layers else by_interval
        chunk = self.attention_chunk_size
        return SlidingWindow(layers=local, tokens=chunk) if chunk and local else None
