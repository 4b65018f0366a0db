"""What a change makes of a stack: resources that come, go and differ, and figures that move.

Compares a recording with the JSON document of an earlier preview, such as that of the branch that a pull request goes
to. It says what the program registers, not what a deployment would do: that needs the engine and its state.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from offline import json_document
from offline.recording import Recording

FIGURES = ("capacity", "costUsd", "fit", "scaling")
"""Outputs whose members are figures of the stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The difference between an earlier preview and this one.

    Attributes:
        added: types and names of resources that were not there.
        removed: types and names of resources that are not there any more.
        changed: types and names of resources whose inputs differ.
        figures: dotted names of the figures that differ, each with its value before and after, `-` where it has none.
    """

    added: Sequence[str]
    removed: Sequence[str]
    changed: Sequence[str]
    figures: Sequence[tuple[str, str, str]]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.figures)


def compare(base: Mapping[str, Any], recording: Recording) -> Comparison:
    """Compare the JSON document of an earlier preview of the same stack with a recording."""
    now = json.loads(json_document.preview(recording))
    before, after = _inputs(base), _inputs(now)
    old, new = dict(_leaves(_figures(base))), dict(_leaves(_figures(now)))
    return Comparison(
        added=_named(after.keys() - before.keys()),
        removed=_named(before.keys() - after.keys()),
        changed=_named({urn for urn in before.keys() & after.keys() if before[urn] != after[urn]}),
        figures=[
            (name, old.get(name, "-"), new.get(name, "-"))
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        ],
    )


def _inputs(preview: Mapping[str, Any]) -> dict[str, Any]:
    return {resource["urn"]: resource["inputs"] for resource in preview["resources"]}


def _figures(preview: Mapping[str, Any]) -> dict[str, Any]:
    return {name: preview["outputs"].get(name, {}) for name in FIGURES}


def _leaves(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        name = f"{path}.{key}" if path else key
        if isinstance(item, Mapping):
            yield from _leaves(cast("Mapping[str, Any]", item), name)
        else:
            yield name, str(item)


def _named(urns: set[str]) -> list[str]:
    """Return the last type of each URN with the resource's name."""
    parts = (urn.split("::") for urn in urns)
    return sorted(f"{types.rpartition('$')[2]} {name}" for *_, types, name in parts)
