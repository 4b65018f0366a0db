"""The vision towers of Qwen, by the `vision_config` of config.json."""

from pydantic import AliasChoices, Field
from typing_extensions import override

from slipway.catalog.config_json.quantities import Count
from slipway.catalog.config_json.tower import Tower, layers, projected


class Qwen2Vision(Tower):
    """Qwen2-VL's."""

    depth: Count = 32
    embed_dim: Count = 1280
    mlp_ratio: Count = 4
    patch_size: Count = 14
    temporal_patch_size: Count = 2
    spatial_merge_size: Count = 2
    in_channels: Count = Field(default=3, validation_alias=AliasChoices("in_channels", "in_chans"))

    @override
    def parameters(self, text: int) -> int:
        width, merged = self.embed_dim, self.embed_dim * self.spatial_merge_size**2
        patch = self.in_channels * self.temporal_patch_size * self.patch_size**2 * width
        stack = layers(self.depth, width, self.mlp_ratio * width, gated=False, bias=True, norm=2)
        return stack + patch + 2 * width + projected((merged, merged, text), bias=True)


class Qwen25Vision(Tower):
    """Qwen2.5-VL's."""

    depth: Count = 32
    hidden_size: Count = 1280
    intermediate_size: Count = 3420
    patch_size: Count = 14
    temporal_patch_size: Count = 2
    spatial_merge_size: Count = 2
    in_channels: Count = Field(default=3, validation_alias=AliasChoices("in_channels", "in_chans"))

    @override
    def parameters(self, text: int) -> int:
        width, merged = self.hidden_size, self.hidden_size * self.spatial_merge_size**2
        patch = self.in_channels * self.temporal_patch_size * self.patch_size**2 * width
        stack = layers(self.depth, width, self.intermediate_size, gated=True, bias=True, norm=1)
        return stack + patch + width + projected((merged, merged, text), bias=True)


class Qwen3Vision(Tower):
    """Qwen3-VL's and Qwen3.5's, with a merger more for each layer that the language model sees."""

    depth: Count = 27
    hidden_size: Count = 1152
    intermediate_size: Count = 4304
    patch_size: Count = 16
    temporal_patch_size: Count = 2
    spatial_merge_size: Count = 2
    in_channels: Count = 3
    num_position_embeddings: Count = 2304
    deepstack_visual_indexes: tuple[int, ...] = (8, 16, 24)

    @override
    def parameters(self, text: int) -> int:
        width, merged = self.hidden_size, self.hidden_size * self.spatial_merge_size**2
        patch = (self.in_channels * self.temporal_patch_size * self.patch_size**2 + 1) * width
        stack = layers(self.depth, width, self.intermediate_size, gated=False, bias=True, norm=2)
        merger = projected((merged, merged, text), bias=True)
        deep = len(self.deepstack_visual_indexes) * (merger + 2 * merged)
        return stack + patch + self.num_position_embeddings * width + merger + 2 * width + deep
