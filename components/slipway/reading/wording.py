"""How a mistake in a stack file is said: what stands there, why it cannot, and what to write instead."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from slipway.checks.wording import listed, shown
from slipway.reading.examples import choices, example, written
from slipway.reading.fields import KEY, tagged


class Words(NamedTuple):
    """A finding but for its place."""

    code: str
    message: str
    remedy: str


_WRONG_TYPE = {
    "string": "no text",
    "int": "no whole number",
    "float": "no number",
    "bool": "neither true nor false",
    "list": "no list",
    "tuple": "no list",
    "dict": "no block of keys",
    "model": "no block of keys",
    "mapping": "no block of keys",
}
"""What a value is not, by the beginning of pydantic's word for the error."""

_BOUNDS = {
    "greater_than_equal": ("below", "ge", "write {} or more"),
    "greater_than": ("not above", "gt", "write more than {}"),
    "less_than_equal": ("above", "le", "write {} or less"),
    "less_than": ("not below", "lt", "write less than {}"),
}


def said(details: ErrorDetails, key: str, places: Sequence[FieldInfo]) -> Words:
    """Return what is said of an error of pydantic that no other rule of the reader takes up.

    Args:
        key: the key whose value it is.
        places: what is known of that value.
    """
    kind, context, value = details["type"], details.get("ctx", {}), details["input"]
    if kind in _BOUNDS:
        word, limit, remedy = _BOUNDS[kind]
        return Words("settings.bound", f"{shown(value)} is {word} {context[limit]}", remedy.format(context[limit]))
    beginning = kind.partition("_")[0]
    if beginning in _WRONG_TYPE and not kind.endswith(("too_short", "too_long", "pattern_mismatch")):
        return wrong_type(value, beginning, key, places)
    if kind == "string_pattern_mismatch":
        message = f"{shown(value)} is not of the form {context['pattern']}"
        name = f"write {written(example(places[0]))} in its place" if details["loc"][-1] == KEY and places else ""
        return Words("settings.form", message, name or _to_write(key, places))
    if kind.endswith(("too_short", "too_long")):
        short = kind.endswith("too_short")
        number = context["min_length"] if short else context["max_length"]
        has = len(value) if hasattr(value, "__len__") else context.get("actual_length", 0)
        unit = "characters" if kind.startswith("string") else "entries"
        bound = f"{number} or more" if short else f"{number} at most"
        message = f"{shown(value)} has {has} {unit}, and takes {bound}"
        return Words("settings.length", message, _to_write(key, places) if short else f"write {bound}")
    message = details["msg"].removeprefix("Value error, ")
    return Words("settings.value", f"{shown(value)}: {message}", _to_write(key, places))


def wrong_type(value: Any, kind: str, key: str, places: Sequence[FieldInfo]) -> Words:
    """Return what is said of a value of another type.

    Args:
        kind: the beginning of pydantic's word for it.
    """
    meant = tagged(places, value) if isinstance(value, str) else []
    return Words("settings.type", f"{shown(value)} is {_WRONG_TYPE[kind]}", _to_write(key, meant or places))


def missing(key: str, places: Sequence[FieldInfo], first: Sequence[str] = ()) -> Words:
    """Return what is said of a key that is not there.

    Args:
        first: the choice to begin with, where the key has some.
    """
    return Words("settings.missing", "is missing", _to_write(key, places, first))


def unknown(key: str, meant: str | None, fields: Mapping[str, FieldInfo]) -> Words:
    """Return what is said of a key that its block does not have.

    Args:
        meant: the key that was meant, where one is much like it.
        fields: those that the block may have.
    """
    remedy = f"did you mean {meant!r}?" if meant else f"use one of {', '.join(sorted(fields))}"
    return Words("settings.key", f"{key!r} is not a key here", remedy)


def chosen(value: Any, key: str, places: Sequence[FieldInfo], first: Sequence[str] = ()) -> Words:
    """Return what is said of a value that is none of those that a key takes.

    Args:
        first: the choice to begin with, where none is like the value.
    """
    known = [str(choice) for place in places for choice in choices(place)]
    near = difflib.get_close_matches(str(value), known, 1) or first
    return Words("settings.choice", f"{shown(value)} is not a choice", _to_write(key, places, first=near))


def _to_write(key: str, places: Sequence[FieldInfo], first: Sequence[str] = ()) -> str:
    """Return a line to write, with an example that the key takes, and what the key says.

    Args:
        first: the choice to begin with, where the key has some.
    """
    options = list(dict.fromkeys(choice for place in places for choice in choices(place)))
    options.sort(key=lambda option: str(option) not in first)
    says = next((f"; it says: {' '.join(place.description.split())}" for place in places if place.description), "")
    if not options:
        return f"write {written(key)}: {written(example(places[0]))}{says}" if places else f"leave {key} out"
    others = f"; or {listed(map(written, options[1:]))}" if options[1:] else ""
    return f"write {written(key)}: {written(options[0])}{others}{says}"
