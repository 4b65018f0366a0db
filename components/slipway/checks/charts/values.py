"""Values of a chart: Slipway's own, a person's over them, and what is found in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

ABSENT: Final = object()
"""Of a key that nobody gives: the chart's default holds, which suits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackChart:
    """The values of a chart in a stack.

    Attributes:
        path: where a person's are in the stack file.
        own: Slipway's, as far as something else of the stack follows from them.
        given: a person's.
        installed: whether the stack installs the chart.
    """

    path: str
    own: Mapping[str, Any] = field(default_factory=dict[str, Any])
    given: Mapping[str, Any]
    installed: bool = True

    @property
    def merged(self) -> Mapping[str, Any]:
        """What the chart gets."""
        return merged(self.own, self.given)


def merged(own: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return one map of values with another merged over it: maps key by key, everything else as a whole."""
    result = dict(own)
    for key, value in values.items():
        below = result.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            value = merged(cast("Mapping[str, Any]", below), cast("Mapping[str, Any]", value))
        result[key] = value
    return result


def at(values: Mapping[str, Any], key: str) -> Any:
    """Return the value of a dotted key; `ABSENT` where it is not given, or null."""
    found: object = values
    for name in key.split("."):
        found = cast("Mapping[str, object]", found).get(name) if isinstance(found, Mapping) else None
    return ABSENT if found is None else found


def block(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the map under a dotted key; an empty one where there is none."""
    found = at(values, key)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def maps(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the maps of a list."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in cast("Sequence[object]", value):
            if isinstance(item, Mapping):
                yield cast("Mapping[str, Any]", item)
