"""How findings name alternatives."""

from collections.abc import Iterable
from difflib import SequenceMatcher

MOST_NAMED = 5


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
    likeness = {other: SequenceMatcher(a=other, b=name).ratio() for other in known}
    few = sorted(known, key=lambda other: -likeness[other])[:MOST_NAMED]
    return f"{', '.join(few)} or one of {len(known) - MOST_NAMED} more"
