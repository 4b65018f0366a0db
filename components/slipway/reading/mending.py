"""How a mistake is mended in a copy of a stack file, so that reading goes on and finds the others."""

import difflib
import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]


def at(data: Any, path: Path) -> Any:
    """Return what is at a path; None where there is nothing."""
    for part in path:
        if isinstance(data, Mapping):
            data = cast("Mapping[str | int, Any]", data).get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(cast("list[Any]", data)):
            data = cast("list[Any]", data)[part]
        else:
            return None
    return data


def mend(
    data: dict[str, Any], path: Path, details: ErrorDetails, dropped: set[Path], likeliest: str | None = None
) -> bool:
    """Mend a mistake in the data; return whether reading can go on.

    Args:
        path: where the mistake is.
        details: what pydantic says of it.
        dropped: paths of what is left out, which grows.
        likeliest: the choice that is meant, where none is like the value.
    """
    kind, context = details["type"], details.get("ctx", {})
    block, key = at(data, path[:-1]), path[-1]
    if block is None:
        # Another mistake of the same round took the block away; what is wrong beside it shows in the next.
        return True
    if kind in ("greater_than_equal", "less_than_equal"):
        block[key] = context.get("ge", context.get("le"))
    elif kind == "greater_than":
        block[key] = context["gt"] + 1
    elif kind == "less_than":
        block[key] = context["lt"] / 2
    elif kind in ("literal_error", "union_tag_invalid"):
        known = _choices(str(context.get("expected") or context.get("expected_tags")))
        closest = difflib.get_close_matches(str(at(block, (key,))), known, 1) or [likeliest or next(iter(known))]
        block[key] = known[closest[0]]
    else:
        return _drop(data, path, dropped, missing=kind in ("missing", "union_tag_not_found"))
    return True


def _choices(expected: str) -> Mapping[str, str | int]:
    """Return the choices that pydantic lists, by how they are written: words in quotes, whole numbers, or a truth."""
    words = expected.split("'")[1::2]
    numbers = {number: int(number) for number in re.findall(r"\d+", expected)}
    return {word: word for word in words} or numbers or {expected: expected == "True"}


def _drop(data: dict[str, Any], path: Path, dropped: set[Path], *, missing: bool) -> bool:
    """Leave out a value that cannot be mended, or the block that lacks it."""
    gone = path[:-1] if missing else path
    if not gone:
        return False
    block = at(data, gone[:-1])
    if isinstance(block, dict):
        cast("dict[str | int, Any]", block).pop(gone[-1], None)
    elif isinstance(block, list) and isinstance(gone[-1], int) and gone[-1] < len(cast("list[Any]", block)):
        del block[gone[-1]]
    dropped.add(gone)
    return True
