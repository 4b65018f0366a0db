"""Whether further arguments, options or variables of a server undo what a stack file says, or what was judged of it.

What an engine takes, and what each of it changes, is in `catalog.engines.<engine>.flags`.
"""

import json
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from slipway.catalog.engines.flags import Flag
from slipway.checks import Finding
from slipway.checks.argument_values import takes, to_write, unchanged
from slipway.checks.argument_words import Told, owned, secret, unknown
from slipway.checks.command_line import Given, given, switched_on
from slipway.checks.credentials import is_credential, names_credential


def argument_findings(path: str, words: Sequence[str], told: Told) -> Iterator[Finding]:
    """Judge further words of a server's command line.

    Args:
        path: where they are in the stack file.
    """
    every = list(given(words, told.flags))
    on = switched_on(every)
    opened = {name for name, plugin in told.flags.opened.items() if plugin in on}
    found = [finding for one in every for finding in _given_findings(path, one, told, opened)]
    yield from dict.fromkeys(found)
    for name, needed in told.flags.needs.items():
        if name in on and needed not in on:
            message = f"{name} is nothing without {needed}, and {told.flags.engine} ends"
            yield Finding("arguments.start", path, message, f"write {needed} beside it, or leave it out", told.severity)


def environment_findings(path: str, environment: Mapping[str, str | None], told: Told) -> Iterator[Finding]:
    """Judge further variables of a server.

    Args:
        environment: values by name; None for one that comes from a Kubernetes Secret.
    """
    for name, value in environment.items():
        place, flag = f"{path}.{name}", told.flags.known.get(name)
        if value is not None and (is_credential(value) or (flag is None and names_credential(name))):
            yield secret(place, name, flag)
        elif flag is None:
            if name.startswith(told.flags.prefixes):
                yield unknown(place, name, told)
        elif flag.takes == "arguments" and told.arguments:
            yield from _line_findings(place, name, value or "", told.arguments)
        elif value is not None or flag.effect != "secret":
            yield from _flag_findings(place, name, flag, (value,), told)


def _line_findings(path: str, name: str, line: str, told: Told) -> Iterator[Finding]:
    try:
        shlex.split(line)
    except ValueError as error:
        yield Finding("arguments.value", path, f"{name} is no command line: {error}", "close the quotes")
    yield from argument_findings(path, words_of(line), told)


def words_of(line: str | None) -> list[str]:
    """Return the words of a command line; none where it is not one."""
    try:
        return shlex.split(line or "")
    except ValueError:
        return []


def option_findings(path: str, options: Mapping[str, Any], told: Told, within: str = "") -> Iterator[Finding]:
    """Judge further options of a server's file.

    Args:
        within: the option that holds them, with a dot.
    """
    for key, value in options.items():
        name, flag = f"{within}{key}", told.flags.known.get(f"{within}{key}")
        if is_credential(json.dumps(value, default=str)):
            yield secret(f"{path}.{name}", name, flag)
        elif flag is None:
            yield unknown(f"{path}.{name}", name, told)
        elif flag.takes == "map" and isinstance(value, Mapping):
            yield from option_findings(path, cast(Mapping[str, Any], value), told, f"{name}.")
        elif flag.takes == "map" and value is not None:
            message = f"{name} takes a map, not {json.dumps(value, default=str)}"
            yield Finding("arguments.value", f"{path}.{name}", message, f"write {name}: {{}}", told.severity)
        else:
            text = value if isinstance(value, str) else json.dumps(value, default=str)
            yield from _flag_findings(f"{path}.{name}", name, flag, (text,), told)


def _given_findings(path: str, one: Given, told: Told, opened: Collection[str]) -> Iterator[Finding]:
    if any(value and is_credential(value) for value in (one.spelled, *one.values)):
        yield secret(path, one.flag.name if one.flag else "an argument", one.flag)
    elif one.flag is None:
        yield unknown(path, one.spelled, told, one.matches)
    else:
        begun = one.spelled.startswith("--") and not one.part and one.spelled not in told.flags.known
        name = f"{one.spelled} ({one.flag.name})" if begun else one.spelled
        if one.part and one.flag.takes not in ("", "json"):
            message = f"{name} names a part of a value that has none"
            yield Finding("arguments.value", path, message, f"write {one.flag.name}")
        elif one.flag.name not in opened and (one.flag.effect or not one.part):
            yield from _flag_findings(path, name, one.flag, one.values, told)
        yield from _part_findings(path, one, one.flag, told)


def _part_findings(path: str, one: Given, flag: Flag, told: Told) -> Iterator[Finding]:
    """Judge what is set within a JSON value, where parts of it are known to change something."""
    parts = {one.part: one.values[0]} if one.part else _mapping(one.values[0] if one.values else None)
    for part, value in parts.items():
        if known := told.flags.known.get(f"{flag.name}.{part}"):
            yield from _flag_findings(path, known.name, known, (str(value),), told)


def _mapping(text: str | None) -> Mapping[str, Any]:
    try:
        loaded = json.loads(text or "")
    except json.JSONDecodeError:
        return {}
    return cast(Mapping[str, Any], loaded) if isinstance(loaded, dict) else {}


def _flag_findings(path: str, name: str, flag: Flag, values: Sequence[str | None], told: Told) -> Iterator[Finding]:
    value = values[0] if len(values) == 1 else " ".join(each or "" for each in values)
    if flag.effect != "gone" and flag.effect and unchanged(flag, value):
        return
    about = flag.about.format(value=value) if flag.effect in ("listening", "memory") else flag.about
    match flag.effect:
        case "owned":
            yield owned(path, name, about, told)
        case "listening" | "file":
            code = "arguments.file" if flag.effect == "file" else "arguments.listening"
            yield Finding(code, path, f"{name} {about}", "leave it out")
        case "memory":
            message = f"{name} {about}, and whether the model fits is judged without it"
            yield Finding("arguments.memory", path, message, "leave it out")
        case "start" | "download":
            if flag.effect == "start" or told.downloads:
                yield Finding("arguments.start", path, f"{name} {about}", "leave it out")
        case "secret":
            yield secret(path, name, flag)
        case "gone":
            message, read = f"{told.flags.engine} has no {name} any more", told.flags.spelling == "variables"
            yield Finding("arguments.gone", path, message, about, "warning" if read else told.severity)
        case "" if flag.takes == "path" and told.pinned and _elsewhere(value, told.flags.folders):
            message = f"{name} names {value}, and pods have the files of their image alone: the server ends without it"
            yield Finding("arguments.file", path, message, "name an image that has it under image", "warning")
        case "" if wrong := takes(flag, values, told.flags.spelling):
            option = name if told.flags.spelling == "options" else ""
            remedy = to_write(flag, values, told.flags.spelling, option)
            yield Finding("arguments.value", path, f"{name} takes {wrong}", remedy, told.severity)
        case _:
            pass


def _elsewhere(value: str | None, folders: tuple[str, ...]) -> bool:
    """Whether a text is the absolute path of a file that is in none of these folders."""
    return bool(value) and str(value).startswith("/") and not str(value).startswith(folders)
