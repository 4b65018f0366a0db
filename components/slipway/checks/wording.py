"""How findings name alternatives."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

MOST_NAMED = 5

LONGEST, LONGEST_VALUE = 200, 60
"""Characters of one word, and of a value, that a message shows."""


def shortened(text: str) -> str:
    """Return a text in which no word is longer than a message shows."""
    return re.sub(rf"\S{{{LONGEST + 1},}}", lambda word: f"{word[0][: LONGEST - 3]}...", text)


def shown(value: Any) -> str:
    """Return a value as a message shows it, cut where it is long."""
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def listed(names: Iterable[str]) -> str:
    """Return names as `a, b or c`.

    Raises:
        ValueError: there is none.
    """
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the few names that are most like a name, and how many more there are; all where they are few.

    Raises:
        ValueError: there is none.
    """
    known = list(names)
    if len(known) <= MOST_NAMED:
        return listed(known)
    likeness = {other: SequenceMatcher(a=other, b=name[:LONGEST]).ratio() for other in known}
    few = sorted(known, key=lambda other: -likeness[other])[:MOST_NAMED]
    return f"{', '.join(few)} or one of {len(known) - MOST_NAMED} more"
