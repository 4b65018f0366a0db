"""A model that the catalog does not have, from the config.json of its Hugging Face repository.

The shape is read from the file, and its matrices are counted: vision towers are, modules that predict several tokens
are not, since engines leave them out unless they speculate with them. Nothing is read from disk or downloaded here.
"""

import difflib
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from slipway.catalog.architecture import Model
from slipway.catalog.config_json.counting import counted
from slipway.catalog.config_json.decoders import DECODERS, REASONS
from slipway.catalog.config_json.multimodal import flat

__all__ = ["ConfigJsonError", "model_from_config"]


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
    kind = config.get("model_type")
    decoder = DECODERS.get(kind) if isinstance(kind, str) else None
    if decoder is None:
        raise ConfigJsonError(f"{name}: model_type: {_unknown(kind)}")
    try:
        block = decoder.model_validate(flat(config))
    except ValidationError as error:
        raise ConfigJsonError("\n".join(f"{name}: {line}" for line in _lines(error))) from None
    return counted(block.shape(name, source), block)


def _unknown(kind: object) -> str:
    """Say why a file of this type is not read."""
    if kind is None:
        return "is missing, so what the file describes is not known"
    text = str(kind)
    if text in REASONS:
        return f"{text!r} is not read: {REASONS[text]}"
    near = difflib.get_close_matches(text, DECODERS, n=1)
    hint = f"; {near[0]!r} is, if that is what it is" if near else ""
    return f"{text!r} is not among those that are read ({', '.join(DECODERS)}){hint}"


def _lines(error: ValidationError) -> Iterator[str]:
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"]) or "config.json"
        yield f"{key}: {_reason(detail)}"


def _reason(detail: ErrorDetails) -> str:
    """Say what is wrong with one key."""
    kind, given = detail["type"], detail["input"]
    shown = f", got {given!r}" if not isinstance(given, dict) else ""
    match kind:
        case "missing":
            return "is missing"
        case "greater_than" | "greater_than_equal":
            least = detail.get("ctx", {}).get("gt", detail.get("ctx", {}).get("ge"))
            return f"must be {'more than' if kind == 'greater_than' else 'at least'} {least}{shown}"
        case "less_than_equal":
            return f"must be at most {detail.get('ctx', {}).get('le')}{shown}"
        case "literal_error":
            return f"only {detail.get('ctx', {}).get('expected')} is known{shown}"
        case "none_required":
            return "is not counted: only null is known"
        case "value_error":
            return str(detail.get("ctx", {}).get("error", detail["msg"]))
        case "int_parsing" | "int_type" | "int_from_float":
            return f"must be a whole number{shown}"
        case _:
            return f"is not understood{shown}"
