"""Decoders with a vision tower. Their files nest the keys of the language model under `text_config`, or have them flat.

How many tokens an image takes is the engine's to say where it depends on the image: vLLM makes room for 2496 tokens of
a video of 32 frames in Gemma 4 (vllm/model_executor/models/gemma4_mm.py), and for 16 tiles and the whole in Llama 4.
Where the size of images is the processor's to bound, config.json does not tell.
"""

from collections.abc import Mapping
from typing import Generic, Literal, TypeVar, cast

from typing_extensions import override

from slipway.catalog.config_json.block import Block
from slipway.catalog.config_json.dense import Gemma3, Mistral, Qwen2, Qwen3
from slipway.catalog.config_json.experts import Llama4, Qwen3Moe
from slipway.catalog.config_json.gemma4 import Gemma4
from slipway.catalog.config_json.hybrid import Qwen35, Qwen35Moe
from slipway.catalog.config_json.latent import DeepseekV3
from slipway.catalog.config_json.quantities import Count
from slipway.catalog.config_json.qwen_towers import Qwen2Vision, Qwen3Vision, Qwen25Vision
from slipway.catalog.config_json.tower import Tower
from slipway.catalog.config_json.towers import Gemma4Audio, Gemma4Vision, Llama4Vision, MoonVit, Pixtral, Siglip
from slipway.catalog.layers import Vision

GEMMA4_VIDEO_TOKENS = 32 * (70 + 2 + 6)
LLAMA4_TILES = 16 + 1
RENAMED = dict.fromkeys(("dtype", "torch_dtype", "rope_scaling", "rope_parameters"))


def flat(config: Mapping[str, object]) -> dict[str, object]:
    """Return the keys of the language model beside its wrapper's, which has the last word on the output layer.

    Of a key that has an older and a newer name, the one that says nothing is left out.
    """
    keys = {key: value for key, value in config.items() if value is not None or key not in RENAMED}
    if not isinstance(config.get("text_config"), Mapping):
        return keys
    text = cast("Mapping[str, object]", keys.pop("text_config"))
    above = {key: keys[key] for key in ("tie_word_embeddings", "model_type") if key in keys}
    return keys | {key: value for key, value in text.items() if value is not None or key not in keys | RENAMED} | above


TowerT = TypeVar("TowerT", bound=Tower)


class Sees(Block, Generic[TowerT]):
    """A decoder with a tower."""

    vision_config: TowerT

    @override
    def vision(self) -> Vision:
        return Vision(parameters=self.vision_config.parameters(self.hidden_size))


class Gemma3Vision(Gemma3, Sees[Siglip]):
    """Gemma 3 with its tower, all of whose tokens see each other."""

    mm_tokens_per_image: Count = 256

    @override
    def vision(self) -> Vision:
        parameters = self.vision_config.parameters(self.hidden_size)
        return Vision(parameters=parameters, item_tokens=self.mm_tokens_per_image, whole=True)


class Gemma4Towers(Gemma4, Sees[Gemma4Vision]):
    """Gemma 4 with its vision tower, and the audio tower of the smaller ones."""

    audio_config: Gemma4Audio | None = None
    use_bidirectional_attention: str | None = None

    @override
    def vision(self) -> Vision:
        return Vision(
            parameters=self.vision_config.parameters(self.hidden_size)
            + (self.audio_config.parameters(self.hidden_size) if self.audio_config else 0),
            item_tokens=GEMMA4_VIDEO_TOKENS,
            whole=self.use_bidirectional_attention == "vision",
        )


class Qwen2Vl(Qwen2, Sees[Qwen2Vision]):
    """Qwen2-VL."""


class Qwen25Vl(Qwen2, Sees[Qwen25Vision]):
    """Qwen2.5-VL."""


class Qwen3Vl(Qwen3, Sees[Qwen3Vision]):
    """Dense Qwen3-VL."""


class Qwen3VlMoe(Qwen3Moe, Sees[Qwen3Vision]):
    """Qwen3-VL with experts."""


class Qwen35Vl(Qwen35, Sees[Qwen3Vision]):
    """Dense Qwen3.5 with its tower."""


class Qwen35VlMoe(Qwen35Moe, Sees[Qwen3Vision]):
    """Qwen3.5 with experts and its tower."""


class KimiK25(DeepseekV3, Sees[MoonVit]):
    """Kimi-K2.5 and later."""


class Llama4Vl(Llama4, Sees[Llama4Vision]):
    """Llama 4 with its tower."""

    @override
    def vision(self) -> Vision:
        tower = self.vision_config
        tile = (tower.image_size // tower.patch_size) ** 2 * tower.pixel_shuffle_ratio**2
        return Vision(parameters=tower.parameters(self.hidden_size), item_tokens=round(tile) * LLAMA4_TILES)


class Mistral3(Mistral, Sees[Pixtral]):
    """Mistral Small 3.1 and later, Ministral 3: Pixtral's tower, whose patches are merged."""

    spatial_merge_size: Count = 2
    multimodal_projector_bias: bool = False

    @override
    def vision(self) -> Vision:
        tower, text = self.vision_config, self.hidden_size
        width, bias = tower.hidden_size, 2 * text if self.multimodal_projector_bias else 0
        merger = width + (width * self.spatial_merge_size) ** 2 + width * text + text**2 + bias
        side = tower.image_size // tower.patch_size // self.spatial_merge_size
        return Vision(parameters=tower.parameters(text) + merger, item_tokens=side * (side + 1))


class _OfPixtral(Pixtral):
    """Pixtral's tower under the older wrapper, which other towers have, too."""

    model_type: Literal["pixtral"]


class Llava(Mistral, Sees[_OfPixtral]):
    """Pixtral 12B as transformers has it."""

    multimodal_projector_bias: bool = True

    @override
    def vision(self) -> Vision:
        tower, text = self.vision_config, self.hidden_size
        projection = (tower.hidden_size + text) * text + (2 * text if self.multimodal_projector_bias else 0)
        side = tower.image_size // tower.patch_size
        return Vision(parameters=tower.parameters(text) + projection, item_tokens=side * (side + 1))
