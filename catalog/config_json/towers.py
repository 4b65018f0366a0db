"""Vision towers by the `vision_config` of config.json: their parameters, the projection into the language included.

The arithmetic is that of transformers' modules, whose names the classes have.
"""

from itertools import pairwise
from math import prod

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from typing_extensions import override

from catalog.config_json.quantities import Count

MEL_BANDS = 128
"""Of the sound that Gemma 4's audio tower is given; two convolutions halve it twice."""


def _layers(count: int, width: int, feed_forward: int, *, gated: bool, bias: bool, norm: int) -> int:
    """Return the parameters of layers of full attention; `norm` is the vectors of each of their two norms."""
    matrices = 4 * width**2 + (3 if gated else 2) * width * feed_forward
    biases = (4 * width + (2 if gated else 1) * feed_forward + width) if bias else 0
    return count * (matrices + biases + 2 * norm * width)


def _projected(sizes: tuple[int, ...], *, bias: bool) -> int:
    """Return the parameters of linear layers one after the other, from size to size."""
    return sum(first * second + (second if bias else 0) for first, second in pairwise(sizes))


class Tower(BaseModel):
    """A tower; `parameters` takes the width of the language model."""

    model_config = ConfigDict(frozen=True)

    def parameters(self, text: int) -> int:
        """Return all parameters beside the language model's, whose width is `text`."""
        raise NotImplementedError


class Siglip(Tower):
    """Gemma 3's."""

    hidden_size: Count = 768
    intermediate_size: Count = 3072
    num_hidden_layers: Count = 12
    image_size: Count = 224
    patch_size: Count = 16

    @override
    def parameters(self, text: int) -> int:
        width, patch = self.hidden_size, 3 * self.patch_size**2
        positions = (self.image_size // self.patch_size) ** 2
        layers = _layers(self.num_hidden_layers, width, self.intermediate_size, gated=False, bias=True, norm=2)
        return layers + (patch + 1 + positions + 2) * width + width * text + width


class Gemma4Vision(Tower):
    """Gemma 4's."""

    hidden_size: Count = 768
    intermediate_size: Count = 3072
    num_hidden_layers: Count = 16
    num_attention_heads: Count = 12
    head_dim: Count = 64
    patch_size: Count = 16
    position_embedding_size: Count = 10240

    @override
    def parameters(self, text: int) -> int:
        width, inner = self.hidden_size, self.num_attention_heads * self.head_dim
        layer = 4 * width * inner + 3 * width * self.intermediate_size + 4 * width + 2 * self.head_dim
        embedding = 3 * self.patch_size**2 * width + 2 * self.position_embedding_size * width
        return self.num_hidden_layers * layer + embedding + width * text


class Gemma4Audio(Tower):
    """The audio tower of Gemma 4's smaller ones: layers with two feed-forward halves around attention."""

    hidden_size: Count = 1024
    num_hidden_layers: Count = 12
    num_attention_heads: Count = 8
    subsampling_conv_channels: tuple[Count, Count] = (128, 32)
    conv_kernel_size: Count = 5
    output_proj_dims: Count = 1536

    @override
    def parameters(self, text: int) -> int:
        width, (first, second) = self.hidden_size, self.subsampling_conv_channels
        vectors = (9 + self.conv_kernel_size) * width + width // self.num_attention_heads
        layer = 24 * width**2 + vectors
        convolutions = 9 * first + first + 9 * first * second + second
        features = MEL_BANDS // 4 * second * width
        output = (width + 1) * self.output_proj_dims
        return self.num_hidden_layers * layer + convolutions + features + output + self.output_proj_dims * text


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
        layers = _layers(self.depth, width, self.mlp_ratio * width, gated=False, bias=True, norm=2)
        return layers + patch + 2 * width + _projected((merged, merged, text), bias=True)


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
        layers = _layers(self.depth, width, self.intermediate_size, gated=True, bias=True, norm=1)
        return layers + patch + width + _projected((merged, merged, text), bias=True)


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
        layers = _layers(self.depth, width, self.intermediate_size, gated=False, bias=True, norm=2)
        merger = _projected((merged, merged, text), bias=True)
        deep = len(self.deepstack_visual_indexes) * (merger + 2 * merged)
        return layers + patch + self.num_position_embeddings * width + merger + 2 * width + deep


class Llama4Vision(Tower):
    """Llama 4's."""

    hidden_size: Count = 768
    intermediate_size: Count = 5632
    num_hidden_layers: Count = 34
    image_size: Count = 448
    patch_size: Count = 14
    pixel_shuffle_ratio: float = Field(default=0.5, ge=0.1, le=1)
    projector_input_dim: Count = 4096
    projector_output_dim: Count = 4096
    vision_output_dim: Count = 7680

    @override
    def parameters(self, text: int) -> int:
        width, patches = self.hidden_size, (self.image_size // self.patch_size) ** 2 + 1
        layers = _layers(self.num_hidden_layers, width, self.intermediate_size, gated=False, bias=True, norm=2)
        shuffled = round(width / self.pixel_shuffle_ratio**2)
        adapter = shuffled * self.projector_input_dim + self.projector_output_dim**2
        edges = (3 * self.patch_size**2 + 1 + patches + 4) * width
        return layers + edges + adapter + self.vision_output_dim * text


class Pixtral(Tower):
    """Pixtral's and Mistral Small's; the projection is the wrapper's."""

    hidden_size: Count = 1024
    intermediate_size: Count = 4096
    num_hidden_layers: Count = 24
    image_size: Count = 1024
    patch_size: Count = 16

    @override
    def parameters(self, text: int) -> int:
        width = self.hidden_size
        layers = _layers(self.num_hidden_layers, width, self.intermediate_size, gated=True, bias=False, norm=1)
        return layers + (3 * self.patch_size**2 + 1) * width


class MoonVit(Tower):
    """Kimi-K2.5's."""

    vt_hidden_size: Count
    vt_intermediate_size: Count
    vt_num_hidden_layers: Count
    patch_size: Count
    init_pos_emb_height: Count
    init_pos_emb_width: Count
    merge_kernel_size: tuple[Count, Count]

    @override
    def parameters(self, text: int) -> int:
        width, merged = self.vt_hidden_size, self.vt_hidden_size * prod(self.merge_kernel_size)
        positions = self.init_pos_emb_height * self.init_pos_emb_width
        layers = _layers(self.vt_num_hidden_layers, width, self.vt_intermediate_size, gated=False, bias=True, norm=2)
        edges = (3 * self.patch_size**2 + 1 + positions + 4) * width
        return layers + edges + _projected((merged, merged, text), bias=True)
