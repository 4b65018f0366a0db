"""A model that the catalog does not have, from the config.json of its Hugging Face repository.

The shape is read from the file and the parameters are counted from the shape. Vision towers, multi-token-prediction
modules and biases that a block has only as an option are not counted. Nothing is read from disk or downloaded here.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from catalog.architecture import BITS, Model
from catalog.config_json.block import Block
from catalog.config_json.dense import Gemma2, Gemma3, Gpt2, Llama, Mistral, Opt, Qwen2, Qwen3
from catalog.config_json.experts import DeepseekV3, GptOss, Mixtral, Qwen3Moe
from catalog.parameters import expert_parameters, parameter_count

Decoder = Annotated[
    Gpt2 | Opt | Llama | Mistral | Mixtral | Qwen2 | Qwen3 | Qwen3Moe | Gemma2 | Gemma3 | GptOss | DeepseekV3,
    Field(discriminator="model_type"),
]
_DECODERS: TypeAdapter[Block] = TypeAdapter(Decoder)


class ConfigJsonError(ValueError):
    """A config.json that does not describe a model whose memory is known; the text has a line for every wrong key."""


def model_from_config(name: str, config: Mapping[str, object], *, source: str = "its config.json") -> Model:
    """Return the row of a model that the catalog does not have.

    Args:
        name: what the row is called: a Hugging Face id or a path.
        config: the file's content.
        source: where the file was read.

    Raises:
        ConfigJsonError: the type of the model is not known, or a key is missing or has a value that is not understood.
    """
    try:
        shape = _DECODERS.validate_python(dict(config)).shape(name, source)
    except ValidationError as error:
        raise ConfigJsonError("\n".join(f"{name}: {line}" for line in _lines(error))) from None
    counted = replace(shape, parameters=parameter_count(shape))
    return replace(counted, checkpoint_bytes=_mxfp4_bytes(counted)) if counted.quantisation == "mxfp4" else counted


def _mxfp4_bytes(model: Model) -> int:
    """Only experts are in MXFP4; the rest of the file keeps 16 bits."""
    experts = expert_parameters(model)
    return round(experts * BITS["mxfp4"] / 8) + (model.parameters - experts) * 2


def _lines(error: ValidationError) -> list[str]:
    """Return a line for each wrong key; pydantic names the model type before the key."""
    lines: list[str] = []
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"][1:]) or "model_type"
        absent = detail["type"] == "missing" or not detail["loc"]
        lines.append(f"{key}: {detail['msg']}" + ("" if absent else f", got {detail['input']!r}"))
    return lines
