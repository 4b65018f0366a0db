"""Vision towers by the `vision_config` of config.json: their parameters, the projection into the language included.

The arithmetic is that of transformers' modules, whose names the classes have.
"""

from math import prod

from pydantic import Field
from typing_extensions import override

from slipway.catalog.config_json.quantities import Count
from slipway.catalog.config_json.tower import Tower, layers, projected

MEL_BANDS = 128
"""Of the sound that Gemma 4's audio tower is given; two convolutions halve it twice."""


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
        stack = layers(self.num_hidden_layers, width, self.intermediate_size, gated=False, bias=True, norm=2)
        return stack + (patch + 1 + positions + 2) * width + width * text + width


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
        stack = layers(self.num_hidden_layers, width, self.intermediate_size, gated=False, bias=True, norm=2)
        shuffled = round(width / self.pixel_shuffle_ratio**2)
        adapter = shuffled * self.projector_input_dim + self.projector_output_dim**2
        edges = (3 * self.patch_size**2 + 1 + patches + 4) * width
        return stack + edges + adapter + self.vision_output_dim * text


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
        stack = layers(self.num_hidden_layers, width, self.intermediate_size, gated=True, bias=False, norm=1)
        return stack + (3 * self.patch_size**2 + 1) * width


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
        stack = layers(self.vt_num_hidden_layers, width, self.vt_intermediate_size, gated=False, bias=True, norm=2)
        edges = (3 * self.patch_size**2 + 1 + positions + 4) * width
        return stack + edges + projected((merged, merged, text), bias=True)
