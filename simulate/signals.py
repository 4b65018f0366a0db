"""The series that a simulation can follow: what each generation of engines calls its signals."""

from collections.abc import Mapping, Sequence

from catalog.engines import ENGINES, Signal

SIMULATED: frozenset[Signal] = frozenset({"waiting-requests", "kv-cache-use"})
"""What a continuous batch has."""

_GENERATIONS: Sequence[Mapping[Signal, str]] = [
    names
    for engine in ENGINES.values()
    for until in sorted({series.until for series in engine.exports if series.signal})
    if (names := {each.signal: each.name for each in engine.exports if each.signal and each.until == until}).keys()
    >= SIMULATED
]
"""Each engine's, and each release's that calls them otherwise."""

SIGNALS: Mapping[str, Signal] = {name: signal for names in _GENERATIONS for signal, name in names.items()}
"""Each signal by the names of its series."""


def sibling(series: str, signal: Signal) -> str:
    """Return what the engine that exports a series calls another signal."""
    return next(names[signal] for names in _GENERATIONS if series in names.values())
