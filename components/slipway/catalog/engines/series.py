"""What an engine's metrics page is made of: series with the releases that have them, and the pages that show them.

It holds the vocabulary; the facts about each engine are in its own module. Versions compare by their numbers alone: a
release candidate counts as the release that it leads to.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from slipway.catalog.engines.quantity import Quantity

Signal = Literal["waiting-requests", "kv-cache-use", "queue-compute-ratio"]

Mode = Literal["", "synchronous", "ensemble", "decoupled", "vllm", "tensorrtllm"]
"""How an engine runs its model where that decides what a series says; an engine with one way has the empty mode.

Those of Triton: a backend that answers before its `execute` returns, an ensemble, a model that hands each request to
a thread of its own, the vLLM backend and the in-flight batcher of TensorRT-LLM.
"""

Kind = Literal["gauge", "counter", "histogram"]

Ceiling = Literal["one", "batch"]
"""What the values of a series cannot exceed: 1, or the requests of a full batch."""


@lru_cache(maxsize=1024)
def release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version in order: `v0.27.0-tpu` is (0, 27, 0).

    Raises:
        ValueError: it does not begin with a number.
    """
    match = re.match(r"v?(\d+(?:\.\d+)*)", version)
    if match is None:
        msg = f"{version!r} is not a version; write it with numbers, such as v0.27.0"
        raise ValueError(msg)
    return tuple(int(part) for part in match[1].split("."))


def _between(version: str, since: str, until: str) -> bool:
    number = release(version)
    return (not since or number >= release(since)) and (not until or number < release(until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A time series that an engine exports.

    Attributes:
        kind: Prometheus type.
        unit: what one of it is.
        shows: the quantity that it is; empty for one that nobody charts.
        labels: those that the engine puts on it; a scrape adds `namespace` and `pod`.
        since: first version that exports it; empty if every version that matters does.
        until: first version that, with default options, no longer does.
        successor: what says the same in later versions.
        signal: the signal that autoscaling follows by it.
        ceiling: what its values cannot exceed; None if nothing bounds them.
        modes: the only modes that have it; empty for all.
        blind: why it tells nothing about load, by the modes where that is so.
        needs: the option without which it is not there.
        unless: the option with which it is not there.
    """

    name: str
    kind: Kind
    unit: str
    shows: Quantity = ""
    labels: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    successor: str = ""
    signal: Signal | None = None
    ceiling: Ceiling | None = None
    modes: tuple[Mode, ...] = ()
    blind: Mapping[Mode, str] = field(default_factory=dict[Mode, str])
    needs: str = ""
    unless: str = ""

    def is_in(self, version: str) -> bool:
        """Whether a version exports it."""
        return _between(version, self.since, self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where Prometheus finds the series of an engine.

    Attributes:
        since: first version that answers there; empty if every version does.
        until: first version that no longer does.
        needs: the option without which it is not there.
    """

    port: int
    path: str
    since: str = ""
    until: str = ""
    needs: str = ""

    def is_in(self, version: str) -> bool:
        """Whether a version has the page."""
        return _between(version, self.since, self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A model server program.

    Attributes:
        image: what the names of images that have it match.
        health_path: answers 200 once the model can be asked.
        pages: where its series are, the newest page last.
        exports: every series that an autoscaler, a rule or a dashboard may want, of all known versions.
        shown: names of the series that dashboards show beside the signals.
        decoys: what else answers at a path where people look for metrics, by path.
        port_flag: the flag that moves the page to another port.
        batch_flag: the flag that says how many requests a replica runs at once; empty if none does.
        of_the_pod: labels by which a chart does not tell the series of a pod apart; most have one value there.
    """

    name: str
    image: str
    health_path: str
    pages: tuple[Page, ...]
    exports: tuple[Series, ...]
    shown: tuple[str, ...] = ()
    decoys: Mapping[str, str] = field(default_factory=dict[str, str])
    port_flag: str = "--port"
    batch_flag: str = ""
    of_the_pod: tuple[str, ...] = ()

    @property
    def port(self) -> int:
        """Where the newest version serves its metrics."""
        return self.pages[-1].port

    @property
    def metrics_path(self) -> str:
        """The path where the newest version serves its metrics."""
        return self.pages[-1].path

    @property
    def signals(self) -> Mapping[Signal, Series]:
        """The series behind each signal that autoscaling can follow, in the newest version."""
        return {series.signal: series for series in self.exports if series.signal and not series.until}

    def pages_of(self, version: str) -> Sequence[Page]:
        """Return where a version serves its metrics: several pages where it is not known which of them it has."""
        return tuple(page for page in self.pages if page.is_in(version))

    def find(self, name: str) -> Sequence[Series]:
        """Return what is known of a series by its name or, of a histogram, by the name of one of its parts."""
        whole = re.sub(r"_(bucket|sum|count)$", "", name)
        return tuple(
            series
            for series in self.exports
            if series.name == name or (series.kind == "histogram" and series.name == whole)
        )

    def exported(self, name: str, version: str) -> Series | None:
        """Return the series of this name in a version; None if that version has none."""
        return next((series for series in self.find(name) if series.is_in(version)), None)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A series that a change of version takes away.

    Attributes:
        successor: what to use instead; empty if nothing of the new version says the same.
    """

    series: str
    successor: str


def renamed(engine: Engine, old: str, new: str) -> Sequence[Renamed]:
    """Return the series of one version that another one does not export, each with what takes its place."""
    gone = [series for series in engine.exports if series.is_in(old) and not engine.exported(series.name, new)]
    return tuple(
        Renamed(series.name, series.successor if engine.exported(series.successor, new) else "") for series in gone
    )
