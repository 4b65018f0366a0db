"""The series that a simulation can follow: what each generation of engines calls its signals."""

from collections.abc import Iterator, Mapping

from slipway.catalog.engines import ENGINES, Engine, Signal

SIMULATED: frozenset[Signal] = frozenset({"waiting-requests", "kv-cache-use"})
"""What a continuous batch has."""


def _generations(engine: Engine) -> Iterator[Mapping[Signal, str]]:
    """Yield the names of an engine's signals, once for the releases of each that call them otherwise."""
    for until in dict.fromkeys(series.until for series in engine.exports if series.signal):
        yield {each.signal: each.name for each in engine.exports if each.signal and each.until == until}


_GENERATIONS = [names for each in ENGINES.values() for names in _generations(each) if names.keys() >= SIMULATED]

SIGNALS: Mapping[str, Signal] = {name: signal for names in _GENERATIONS for signal, name in names.items()}
"""Each signal by the names of its series."""


def sibling(series: str, signal: Signal) -> str:
    """Return what the engine that exports a series calls another signal."""
    return next(names[signal] for names in _GENERATIONS if series in names.values())
