"""How a mistake in a stack file is said: what stands there, why it cannot, and what to write instead."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

LONGEST = 60
"""Characters of a value that a message shows."""


class Words(NamedTuple):
    """A finding but for its place."""

    code: str
    message: str
    remedy: str


_WRONG_TYPE = {
    "string": ("no text", '"text"'),
    "int": ("no whole number", "1"),
    "float": ("no number", "0.5"),
    "bool": ("neither true nor false", "true"),
    "list": ("no list", "[one, another]"),
    "tuple": ("no list", "[one, another]"),
    "dict": ("no block of keys", "{name: value}"),
    "model": ("no block of keys", "{name: value}"),
    "mapping": ("no block of keys", "{name: value}"),
}
"""What a value is not, and what one looks like, by the beginning of pydantic's word for the error."""

_EXAMPLES: dict[object, str] = {bool: "false", int: "1", float: "0.5", str: '"text"'}
"""What a plain value of a type looks like."""

_BOUNDS = {
    "greater_than_equal": ("below", "ge", "write {} or more"),
    "greater_than": ("not above", "gt", "write more than {}"),
    "less_than_equal": ("above", "le", "write {} or less"),
    "less_than": ("not below", "lt", "write less than {}"),
}


def said(details: ErrorDetails, key: str, field: FieldInfo | None) -> Words:
    """Return what is said of an error of pydantic that no other rule of the reader takes up.

    Args:
        key: the key whose value it is.
        field: what the model says of that key, where it has it.
    """
    kind, context, value = details["type"], details.get("ctx", {}), details["input"]
    if kind in _BOUNDS:
        word, limit, remedy = _BOUNDS[kind]
        return Words("settings.bound", f"{shown(value)} is {word} {context[limit]}", remedy.format(context[limit]))
    beginning = kind.partition("_")[0]
    if beginning in _WRONG_TYPE and not kind.endswith(("too_short", "too_long", "pattern_mismatch")):
        what, example = _WRONG_TYPE[beginning]
        return Words("settings.type", f"{shown(value)} is {what}", _to_write(key, field, example))
    if kind == "string_pattern_mismatch":
        return Words("settings.form", f"{shown(value)} is not of the form {context['pattern']}", _to_write(key, field))
    if kind.endswith(("too_short", "too_long")):
        short = kind.endswith("too_short")
        number = context["min_length"] if short else context["max_length"]
        has = len(value) if hasattr(value, "__len__") else context.get("actual_length", 0)
        unit = "characters" if kind.startswith("string") else "entries"
        bound = f"{number} or more" if short else f"{number} at most"
        return Words("settings.length", f"{shown(value)} has {has} {unit}, and takes {bound}", f"write {bound}")
    message = details["msg"].removeprefix("Value error, ")
    return Words("settings.value", f"{shown(value)}: {message}", _to_write(key, field))


def missing(key: str, field: FieldInfo | None) -> Words:
    """Return what is said of a key that is not there."""
    return Words("settings.missing", "is missing", _to_write(key, field))


def shown(value: Any) -> str:
    """Return a value as a message shows it, cut where it is long."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _to_write(key: str, field: FieldInfo | None, example: str = "") -> str:
    """Return a line to write, as an example if the model has one, and what the key says."""
    given: list[Any] = list(field.examples or ()) if field else []
    example = _yaml(given[0]) if given else example or _of_type(field)
    line = f"write {key}: {example}" if example else f"write {key}"
    says = f"; it says: {' '.join((field.description or '').split())}" if field and field.description else ""
    return f"{line}{says}"


def _of_type(field: FieldInfo | None) -> str:
    """Return what a value of a key's type looks like: a block with the keys that it must have, or a plain value."""
    annotation: Any = field.annotation if field else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        needed = [info.alias or name for name, info in annotation.model_fields.items() if info.is_required()]
        return f"{{{', '.join(f'{name}: …' for name in needed)}}}" if needed else "{}"
    return next((example for kind, example in _EXAMPLES.items() if kind in (annotation, *get_args(annotation))), "")


def _yaml(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() and ": " not in value else json.dumps(value)


def keys(fields: Mapping[str, FieldInfo]) -> str:
    """Return the keys that a block may have."""
    return ", ".join(sorted(fields))
