"""Whether a flag takes a value, as far as that is known, and whether it changes anything by it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from slipway.catalog.engines.flags import Flag, Spelling

SHOWN = 8
"""How many choices a message shows."""

_BOOLS = ("true", "false", "on", "off", "1", "0")


def unchanged(flag: Flag, value: str | None) -> bool:
    """Return whether a flag leaves everything as it is by a value: compared as text, and as a number."""
    if value is None:
        return False
    return value in flag.same or any(_number(value) == _number(each) is not None for each in flag.same)


def takes(flag: Flag, values: Sequence[str | None], spelling: Spelling) -> str:
    """Return what a flag takes instead of these values; empty if it takes them, or nobody knows."""
    if flag.takes in ("switch", "toggle"):
        return "no value" if any(value and value.startswith("=") for value in values) else ""
    if None in values:
        return "" if flag.takes == "optional" or spelling == "variables" else "a value, and has none"
    if spelling == "flexible" and values and values[0] in ("", "None"):
        return ""
    if flag.choices:
        missing = [str(value) for value in values if not {str(value), str(value).upper()} & {*flag.choices}]
        return f"{_some(flag.choices, missing[0])}, not {missing[0]!r}" if missing else ""
    known = _KINDS.get(flag.takes)
    wrong = [value for value in values if known and value and not known[1](value)]
    return f"{known[0]}, not {wrong[0]!r}" if known and wrong else ""


def to_write(flag: Flag, values: Sequence[str | None], spelling: Spelling, part: str = "") -> str:
    """Return what a person can write in place of values that a flag does not take.

    Args:
        part: of a map, the path to the option; of a flag nothing.
    """
    name = part or flag.name
    if flag.takes in ("switch", "toggle"):
        return f"write {name} alone"
    wrong = next((value for value in values if value), "")
    near = (*get_close_matches(wrong, flag.choices, 1), *flag.choices)
    value = near[0] if near else _EXAMPLES.get(flag.takes, "ours")
    return (
        f'write {name}: "{value}"' if spelling == "variables" else f"write {name}{_BETWEEN.get(spelling, '=')}{value}"
    )


_BETWEEN = {"options": ": "}
"""A name and its value, where it is not an equals sign."""

_EXAMPLES = {"int": "1", "positive": "1", "float": "0.5", "size": "8192", "bool": "true", "json": "'{}'"}
"""A value of each kind."""


def _some(choices: Sequence[str], meant: str) -> str:
    """Return choices to show: all of a few, or else those that are most like what was meant."""
    if len(choices) <= SHOWN:
        return ", ".join(choices)
    near = get_close_matches(meant, choices, cutoff=0)
    return f"{', '.join(near)} or another of {len(choices)} choices"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _whole(text: str) -> bool:
    return text.lstrip("+-").isdigit()


def _size(text: str) -> bool:
    return text in ("auto", "-1") or _number(text.rstrip("kKmMgGtT")) is not None


def _json(text: str) -> bool:
    try:
        # vLLM takes `80m` for a number within JSON, too.
        json.loads(re.sub(r"\b(\d+(\.\d+)?)[kKmMgGtT]\b", r"\1", text))
    except json.JSONDecodeError:
        return False
    return True


_KINDS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "int": ("a whole number", _whole),
    "positive": ("a whole number of 1 or more", lambda text: _whole(text) and int(text) > 0),
    "float": ("a number", lambda text: _number(text) is not None),
    "size": ("a whole number, such as 8192 or 8k", _size),
    "bool": ("true or false", lambda text: text.lower() in _BOOLS),
    "json": ("JSON", _json),
}
"""What each kind of value is called, and whether a text is one."""
