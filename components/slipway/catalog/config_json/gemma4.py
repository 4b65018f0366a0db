"""Gemma 4: wider heads where a layer attends to everything, and layers that use others' caches."""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from slipway.catalog.architecture import ModelType
from slipway.catalog.config_json.block import SLIDING
from slipway.catalog.config_json.experts import Mixture
from slipway.catalog.config_json.matrix import Matrix, vector
from slipway.catalog.config_json.quantities import Count, Whole
from slipway.catalog.layers import Experts, SlidingWindow

PATTERN = 6
"""Every sixth layer attends to everything unless the file lists them."""


class Gemma4(Mixture):
    """Gemma 4 without its towers."""

    block: ClassVar[ModelType] = "gemma4"
    norms: ClassVar[int] = 4
    qk_norm: ClassVar[bool] = True
    head_dim: Count | None = 256
    global_head_dim: Count = 512
    num_global_key_value_heads: Count | None = None
    attention_k_eq_v: bool = False
    sliding_window: Count | None = 512
    tie_word_embeddings: bool = True
    num_kv_shared_layers: Whole = 0
    use_double_wide_mlp: bool = False
    hidden_size_per_layer_input: Whole = 256
    vocab_size_per_layer_input: Count = 262_144
    enable_moe_block: bool = False
    num_experts: Count | None = None
    top_k_experts: Count | None = None
    num_experts_per_tok: Count = 1
    moe_intermediate_size: Count | None = None

    def slides(self, index: int) -> bool:
        """Whether a layer has the window; the last never has."""
        if index == self.num_hidden_layers - 1:
            return False
        return self.layer_types[index] == SLIDING if self.layer_types else (index + 1) % PATTERN != 0

    def shares(self, index: int) -> bool:
        """Whether a layer reads the keys and values of an earlier one."""
        return index >= self.num_hidden_layers - self.num_kv_shared_layers

    @property
    def _global_kv_heads(self) -> int:
        return (self.num_global_key_value_heads if self.attention_k_eq_v else None) or super().kv_heads

    @property
    @override
    def kv_heads(self) -> int:
        return self._global_kv_heads

    @property
    @override
    def head(self) -> int:
        return self.global_head_dim

    @override
    def matrices(self) -> Iterator[Matrix]:
        yield from super().matrices()
        if width := self.hidden_size_per_layer_input:
            inputs = self.num_hidden_layers * width
            yield Matrix("embed_tokens_per_layer", inputs, self.vocab_size_per_layer_input, "outputs", linear=False)
            yield Matrix("per_layer_model_projection", self.hidden_size, inputs, linear=False)
            yield vector("per_layer_projection_norm", width)

    @override
    def layer(self, name: str, index: int) -> Iterator[Matrix]:
        yield from super().layer(name, index)
        if width := self.hidden_size_per_layer_input:
            yield Matrix(f"{name}.per_layer_input_gate", self.hidden_size, width)
            yield Matrix(f"{name}.per_layer_projection", width, self.hidden_size)
            yield vector(f"{name}.post_per_layer_input_norm", self.hidden_size)

    @override
    def mixer(self, name: str, index: int) -> Iterator[Matrix]:
        slides = self.slides(index)
        head = (self.head_dim or self.global_head_dim) if slides else self.global_head_dim
        kv_heads = super().kv_heads if slides else self._global_kv_heads
        unused = {"v_proj"} if self.attention_k_eq_v and not slides else set[str]()
        unused |= {"k_proj", "v_proj", "qk_norm"} if self.shares(index) else set()
        for one in self.grouped_attention(name, self.num_attention_heads, kv_heads, head):
            if one.name.rpartition(".")[2] not in unused:
                yield one
        if self.shares(index):
            yield vector(f"{name}.q_norm", head)

    @override
    def feed_forward(self, name: str, index: int) -> Iterator[Matrix]:
        wide = 2 if self.use_double_wide_mlp and self.shares(index) else 1
        yield from self.dense(name, wide * self.intermediate_size)
        if (experts := self.experts()) is not None:
            layer = name.removesuffix(".mlp")
            yield from self.dense(f"{layer}.experts.0", experts.intermediate, experts.count)
            yield Matrix(f"{layer}.router.proj", self.hidden_size, experts.count, linear=False)
            yield vector(f"{layer}.router.scales", self.hidden_size + experts.count)
            yield vector(f"{layer}.router.norms", 3 * self.hidden_size)

    @override
    def experts(self) -> Experts | None:
        if not self.enable_moe_block or not self.num_experts or not self.moe_intermediate_size:
            return None
        return Experts(count=self.num_experts, active=self.top_k_experts or 1, intermediate=self.moe_intermediate_size)

    @override
    def window(self) -> SlidingWindow | None:
        own = range(self.num_hidden_layers - self.num_kv_shared_layers)
        if self.sliding_window is None:
            return None
        return SlidingWindow(
            layers=sum(self.slides(index) for index in own),
            tokens=self.sliding_window,
            kv_heads=super().kv_heads,
            head_dim=self.head_dim,
        )

    @override
    def cached_layers(self) -> int | None:
        return self.num_hidden_layers - self.num_kv_shared_layers if self.num_kv_shared_layers else None

    @override
    def rotary_rows(self) -> int:
        """Each kind of layer has a table of its own."""
        return 2 * self.max_position_embeddings
