"""How an engine reads the words of its command line: the same flag has several spellings.

Nothing is judged here. What a word stands for is what the engine's own parser takes it for.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from slipway.catalog.engines.flags import Flag, Flags

_NUMBER = re.compile(r"-\d+(\.\d*)?|-\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A flag as somebody wrote it, or a word that belongs to none.

    Attributes:
        spelled: the name as written, with dashes where the parser takes underscores for them.
        flag: what the engine takes it for; None if it has no such flag.
        part: of a JSON value, the path to what is set, dotted.
        values: what it is given; what takes no value has `true`, `false` or, if it is given one, that with a `=` before
            it. None stands for a value that is missing.
        matches: names that a beginning could stand for, where it is not the only one.
    """

    spelled: str
    flag: Flag | None = None
    part: str = ""
    values: tuple[str | None, ...] = ()
    matches: tuple[str, ...] = ()


def given(words: Sequence[str], flags: Flags) -> Iterator[Given]:
    """Yield what the words of a command line say, in order."""
    place = 0
    while place < len(words):
        one, taken = _read(words, place, flags)
        yield one
        place += taken


def switched_on(every: Iterable[Given]) -> set[str]:
    """Return the names of the flags that are given and not switched off."""
    return {one.flag.name for one in every if one.flag and one.values != ("false",)}


def _read(words: Sequence[str], place: int, flags: Flags) -> tuple[Given, int]:
    """Return what the word at a place begins, and how many words it takes."""
    word = words[place]
    if flags.spelling == "flexible" and (level := _optimisation(words, place)):
        return Given(spelled="-O", flag=flags.known.get("--optimization-level"), values=(level[0],)), level[1]
    key, equals, value = word.partition("=")
    if not _is_option(word, flags) or " " in key:
        return Given(spelled=word), 1
    key, part = _spelling(key, flags)
    flag, matches, glued = _find(key, flags)
    spelled = f"{key}.{part}" if part else key
    if flag is None:
        # A value that follows is not looked at: which words an unknown flag takes is unknown, too.
        following = 0 if equals or place + 1 >= len(words) or _is_option(words[place + 1], flags) else 1
        return Given(spelled=spelled, matches=matches), 1 + following
    if glued:
        return Given(spelled=key[:2], flag=flag, values=(glued,)), 1
    if flag.takes in ("switch", "toggle") and not equals:
        off = flag.takes == "toggle" and key not in flag.names and not any(n.startswith(key) for n in flag.names)
        return Given(spelled=spelled, flag=flag, values=("false" if off else "true",)), 1
    if equals:
        values = (f"={value}",) if flag.takes in ("switch", "toggle") else (value,)
        return Given(spelled=spelled, flag=flag, part=part, values=values), 1
    rest = words[place + 1 :]
    if flags.spelling == "getopt" or part:
        return Given(spelled=spelled, flag=flag, part=part, values=(rest[0] if rest else None,)), 2
    following = next((count for count, each in enumerate(rest) if _is_option(each, flags)), len(rest))
    taken = following if flag.takes == "list" else min(following, 1)
    return Given(spelled=spelled, flag=flag, values=tuple(rest[:taken]) or (None,)), 1 + taken


def _is_option(word: str, flags: Flags) -> bool:
    if not word.startswith("-") or word in ("-", "--"):
        return False
    if flags.spelling == "getopt":
        return True
    return not _NUMBER.fullmatch(word)


def _optimisation(words: Sequence[str], place: int) -> tuple[str, int] | None:
    """Return the level in one of vLLM's short forms and the words it takes: `-O3`, `-O=3`, `-O 3`."""
    word = words[place]
    if word == "-O":
        return (words[place + 1], 2) if place + 1 < len(words) else None
    return (word[2:].removeprefix("="), 1) if word.startswith("-O") else None


def _spelling(key: str, flags: Flags) -> tuple[str, str]:
    """Return a name as the parser looks it up, and the path into its JSON value."""
    if flags.spelling != "flexible":
        return key, ""
    name, _, part = key.partition(".")
    return ("--" + name[2:].replace("_", "-") if name.startswith("--") else name), part.removesuffix("+")


def _find(key: str, flags: Flags) -> tuple[Flag | None, tuple[str, ...], str]:
    """Return the flag of a name, the names that its beginning could stand for, and a value that is glued to it."""
    if key in flags.known:
        return flags.known[key], (), ""
    if not key.startswith("--"):
        if flags.spelling != "getopt" and (flag := flags.known.get(key[:2])):
            return flag, (), key[2:]
        if flags.spelling == "getopt":
            return None, (), ""
    begun = tuple(name for name, flag in flags.known.items() if name.startswith(key) and flag.effect != "gone")
    return (flags.known[begun[0]], (), "") if len(begun) == 1 else (None, begun, "")
