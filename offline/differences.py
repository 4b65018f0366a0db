"""Which inputs of a resource differ between two previews, one by one, old and new."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from offline.wire import join

ABSENT = object()
"""In place of a value that is not there."""

NAMES = ("name", "key", "alert", "record")
"""What tells the members of a list apart, where all of them have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputChange:
    """One input that differs.

    Attributes:
        path: where it is, as a person reads it: `spec.template.spec.containers.llama.image`.
        schema_path: the same without members of lists, as tables of the catalog have it.
        old: the value in the base, of a list of plain values those that went; `ABSENT` where there was none.
        new: the value now, of a list of plain values those that came; `ABSENT` where there is none.
    """

    path: str
    schema_path: str
    old: Any
    new: Any


def differences(old: Any, new: Any, path: str = "", schema_path: str = "") -> Iterator[InputChange]:
    """Yield what differs, the innermost values that do; what comes or goes as a whole is one difference."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
        for key in [*before, *(key for key in after if key not in before)]:
            inner = f"{schema_path}.{key}" if schema_path else key
            yield from differences(before.get(key, ABSENT), after.get(key, ABSENT), join(path, key), inner)
    elif (named := _by_name(old)) is not None and (renamed := _by_name(new)) is not None:
        if named == renamed:
            yield InputChange(path=path, schema_path=schema_path, old=list(named), new=list(renamed))
        for key in [*named, *(key for key in renamed if key not in named)]:
            where = join(path, key)
            yield from differences(named.get(key, ABSENT), renamed.get(key, ABSENT), where, schema_path)
    elif (pairs := _pairs(old, new)) is not None:
        for index, (one, other) in enumerate(pairs):
            yield from differences(one, other, join(path, index), schema_path)
    elif (before := _document(old)) is not None and (after := _document(new)) is not None:
        yield from differences(before, after, path, schema_path)
    else:
        before, after = _members(old, new)
        yield InputChange(path=path, schema_path=schema_path, old=before, new=after)


def _by_name(value: Any) -> dict[str, Any] | None:
    """Return the members of a list by what names them; none where something else tells them apart."""
    if not isinstance(value, list) or not value or not _of_blocks(cast("list[Any]", value)):
        return None
    items = cast("list[Mapping[str, Any]]", value)
    for key in NAMES:
        names = [str(item[key]) for item in items if key in item]
        if len(set(names)) == len(items):
            return dict(zip(names, items, strict=True))
    return None


def _pairs(old: Any, new: Any) -> list[tuple[Any, Any]] | None:
    """Return the members of two lists of blocks of one length by their place; none where there are no such lists."""
    if not isinstance(old, list) or not isinstance(new, list):
        return None
    before, after = cast("list[Any]", old), cast("list[Any]", new)
    return (
        list(zip(before, after, strict=True)) if len(before) == len(after) and _of_blocks([*before, *after]) else None
    )


def _of_blocks(items: Sequence[Any]) -> bool:
    return all(isinstance(item, Mapping) for item in items)


def _members(old: Any, new: Any) -> tuple[Any, Any]:
    """Return of two lists of plain values what only one of them has; anything else as it is."""
    if not isinstance(old, list) or not isinstance(new, list):
        return cast("Any", old), new
    before, after = cast("list[Any]", old), cast("list[Any]", new)
    gone: list[Any] = [item for item in before if item not in after]
    come: list[Any] = [item for item in after if item not in before]
    return (gone or ABSENT, come or ABSENT) if gone or come else (before, after)


def _document(value: Any) -> Any:
    """Return what a text of JSON holds, such as a dashboard; none where it is another text."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return None
    try:
        return json.loads(value)
    except ValueError:
        return None
