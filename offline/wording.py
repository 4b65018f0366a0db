"""How previews word what has no bound: long lists, long names, numbers."""

from collections.abc import Sequence

COLUMNS = 80
"""Of a terminal that nobody has widened."""


def cut(text: str, width: int) -> str:
    """Return a text of at most so many characters, its end left out where it is longer."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def listed(names: Sequence[str], width: int) -> str:
    """Return as many names as there is room for, and how many more there are."""
    for count in range(len(names), 0, -1):
        more = f" and {len(names) - count} more" if count < len(names) else ""
        text = f"{', '.join(names[:count])}{more}"
        if len(text) <= width:
            return text
    return cut(f"{len(names)}: {', '.join(names)}", width)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where there is not one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def minutes(seconds: float) -> str:
    """Return a time in whole minutes, at least one."""
    return f"{max(1, round(seconds / 60))} min"
