"""Whether a chart reads the keys that a person gives, and takes their values.

Pulumi's SDK for Python drops null from maps (pulumi/pulumi#12178, pulumi/pulumi-kubernetes#3811), so that none of
Helm's charts gets it.
"""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, cast

from slipway.catalog.charts import Chart, Key, Kind, chart
from slipway.checks import Finding

NEAR = 0.85
"""How alike two keys are of which one is meant to be the other, where both could be given."""

LISTED = 6
"""How many keys a finding names where none is like the one that is given."""

_SPELT = frozenset({"true", "false", "yes", "no", "on", "off"})

_WANTED: Mapping[Kind, str] = {
    "": "a map",
    "{}": "a map",
    "[]": "a list",
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "string": "a text",
}


def value_findings(path: str, name: str, values: Mapping[str, Any]) -> list[Finding]:
    """Judge the keys of values.

    Args:
        path: where they are in the stack file.
        name: of the chart, one of the pinned.
    """
    known = chart(name)
    return list(_findings(path, known, known.values, values))


def _findings(path: str, known: Chart, key: Key, values: Mapping[str, Any]) -> Iterator[Finding]:
    for name, value in values.items():
        here, found = f"{path}.{name}", key.find(str(name))
        if found is not None:
            yield from _value_findings(here, known, found, value)
        elif not key.kind:
            message = f"no template of {known.name} {known.version} reads it"
            yield Finding("values.unknown-key", here, message, _instead(known, key, str(name)))
        elif near := difflib.get_close_matches(str(name), key.below, n=1, cutoff=NEAR):
            message = f"{known.name} passes it on as it is, and knows {near[0]!r} there"
            yield Finding("values.near-key", here, message, f"write {near[0]} if that is what you mean", "warning")


def _value_findings(path: str, known: Chart, key: Key, value: object) -> Iterator[Finding]:
    if isinstance(value, Mapping) and key.kind in ("", "{}"):
        yield from _findings(path, known, key, cast("Mapping[str, Any]", value))
        return
    if value is None:
        message = f"null does not reach {known.name}: its own default holds, in place of Slipway's value, too"
        remedy = "write what you want instead, such as false, 0, [] or {}, or leave it out"
        yield Finding("values.null", path, message, remedy)
    elif wanted := _wanted(path, key, cast("object", value)):
        message = f"{value!r} is given, and {known.name} takes {wanted}"
        yield Finding("values.wrong-type", path, message, f"write {wanted}")


def _wanted(path: str, key: Key, value: object) -> str | None:
    """Return what a value should be; None if the chart can do with it."""
    if key.kind == "any" or (key.kind == "[]" and isinstance(value, list)):
        return None
    if key.kind in ("", "{}", "[]") or isinstance(value, Mapping | list):
        return _WANTED[key.kind]
    if key.kind == "bool" and isinstance(value, str) and value.lower() in _SPELT:
        return f"{_WANTED['bool']} without quotes: any text counts as true"
    if key.kind in ("int", "float") and not path.lower().endswith("port"):
        number = not isinstance(value, bool) and any(character.isdigit() for character in str(value))
        return None if number else _WANTED[key.kind]
    return None


def _instead(known: Chart, key: Key, name: str) -> str:
    """Return what to write: the key beside it that is most alike, or one of this name elsewhere in the chart."""
    if near := difflib.get_close_matches(name, key.below, n=1):
        return f"write {near[0]}"
    if elsewhere := list(_places(known.values, name))[:2]:
        return f"write it under {' or '.join(elsewhere)}"
    beside = sorted(key.below)
    return f"leave it out; {', '.join(beside[:LISTED])}{' and others' if len(beside) > LISTED else ''} are read there"


def _places(key: Key, name: str, path: str = "") -> Iterator[str]:
    for each, below in key.below.items():
        if each == name and path:
            yield path
        yield from _places(below, name, f"{path}.{each}".lstrip("."))
