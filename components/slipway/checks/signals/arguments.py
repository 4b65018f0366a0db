"""What the command line of an engine says of its metrics: where they are, which are off, and how large a batch is."""

import shlex
from collections.abc import Mapping, Sequence

from slipway.catalog.engines import Engine


def options(words: Sequence[str]) -> Mapping[str, str]:
    """Return the options of a command line by name; the last one counts, and one without a value is empty.

    A shell's one long word is taken apart.
    """
    parts = [part for word in words for part in (shlex.split(word) if " --" in word else [word])]
    found: dict[str, str] = {}
    for place, part in enumerate(parts):
        if not part.startswith("--"):
            continue
        name, equals, value = part.partition("=")
        following = parts[place + 1] if place + 1 < len(parts) else ""
        found[name] = value if equals or following.startswith("-") else following
    return found


def switched_on(engine: Engine, given: Mapping[str, str]) -> frozenset[str]:
    """Return the options that decide which series an engine exports."""
    deciding = {option for series in engine.exports for option in (series.needs, series.unless) if option}
    deciding |= {page.needs for page in engine.pages if page.needs}
    spelled = {f"{name}={value}" if value else name for name, value in given.items()} | given.keys()
    return frozenset(deciding & spelled)


def port(engine: Engine, given: Mapping[str, str]) -> int:
    """Return where the engine serves its metrics."""
    named = given.get(engine.port_flag, "")
    return int(named) if named.isdigit() else engine.port


def batch(engine: Engine, given: Mapping[str, str]) -> int | None:
    """Return the most requests that a replica runs at once; None where the command line does not say."""
    named = given.get(engine.batch_flag, "")
    return int(named) if named.isdigit() else None
