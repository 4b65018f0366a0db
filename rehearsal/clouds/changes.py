"""What differs between two versions of a resource's inputs, and whether that replaces it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from offline.wire import join
from slipway.catalog import providers


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        path: as people and the engine write it, with indices.
        plain: the same without indices, as in `catalog.providers`.
        kind: `add`, `delete` or `update`.
    """

    path: str
    plain: str
    kind: str


_ABSENT = object()


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return the differences: of a block that comes or goes the block itself and all that is in it."""
    return [change for change in _changes(old, new, "", "") if not change.plain.startswith("__")]


def replacing(type_: str, found: Sequence[Change]) -> list[Change]:
    """Return those of the changes that replace a resource of a type.

    Raises:
        KeyError: the catalog does not know the type.
    """
    return [change for change in found if providers.replaces(type_, change.plain)]


def _changes(old: Any, new: Any, path: str, plain: str) -> Iterator[Change]:
    if old == new:
        return
    before, after = _members(old), _members(new)
    comes_or_goes = old is _ABSENT or new is _ABSENT
    if plain and (
        comes_or_goes or not (before and after) or ((_is_list(old) or _is_list(new)) and [*before] != [*after])
    ):
        yield Change(path, plain, "add" if old is _ABSENT else "delete" if new is _ABSENT else "update")
    for key in sorted({*before, *after}, key=str):
        below = plain if isinstance(key, int) else f"{plain}.{key}" if plain else str(key)
        yield from _changes(before.get(key, _ABSENT), after.get(key, _ABSENT), join(path, key), below)


def _members(value: Any) -> Mapping[Any, Any]:
    """Return the members of a block or of a list of blocks; a list of scalars is a value of its own."""
    if isinstance(value, Mapping):
        return cast("Mapping[Any, Any]", value)
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return dict(enumerate(items)) if any(isinstance(item, Mapping) for item in items) else {}
    return {}


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
