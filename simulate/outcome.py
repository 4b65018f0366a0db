"""What a run came to: waiting time, cost, and whether the autoscaler took away what it had to bring back."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, nan

from simulate.loop import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescale:
    """A change of the number of replicas.

    Attributes:
        at: second of the run.
        step: second at which the load step began that held then.
    """

    at: int
    step: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The figures of a run.

    Attributes:
        first_token: seconds from arrival to first token, by percentile; not a number when no request got one.
        most_waiting: most requests without a place in a batch at one time.
        most_replicas: most replicas at one time.
        flaps: replicas added after others were removed, while the load was the same.
        replica_hours: hours of pods, whether they answered or not.
        node_hours: hours of nodes, idle ones included.
        usd: what these cost; None where no price is known.
    """

    first_token: dict[int, float]
    most_waiting: int
    most_replicas: int
    rescales: tuple[Rescale, ...]
    flaps: tuple[Rescale, ...]
    replica_hours: float
    node_hours: float
    usd: float | None


PERCENTILES = (50, 90, 99)


def outcome(run: Run) -> Outcome:
    """Return the figures of a run."""
    rescales = tuple(_rescales(run))
    node_hours = sum(second.nodes for second in run.seconds) / 3600
    price = run.scenario.pool.usd_per_node_hour
    return Outcome(
        first_token={percent: percentile(run.first_tokens, percent) for percent in PERCENTILES},
        most_waiting=max(second.waiting for second in run.seconds),
        most_replicas=max(second.replicas for second in run.seconds),
        rescales=rescales,
        flaps=tuple(_flaps(rescales)),
        replica_hours=sum(second.replicas for second in run.seconds) / 3600,
        node_hours=node_hours,
        usd=None if price is None else node_hours * price,
    )


def percentile(ordered: tuple[float, ...], percent: int) -> float:
    """Return the smallest of the sorted values that so many percent of them do not exceed."""
    return ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)] if ordered else nan


def _rescales(run: Run) -> Iterator[Rescale]:
    for at, (before, after) in enumerate(pairwise(second.replicas for second in run.seconds), start=1):
        if before != after:
            yield Rescale(at=at, step=run.load.step(at), before=before, after=after)


def _flaps(rescales: tuple[Rescale, ...]) -> Iterator[Rescale]:
    """Yield each first rise after a fall in the same load step."""
    for fall, rise in pairwise(rescales):
        if fall.step == rise.step and fall.after < fall.before and rise.after > rise.before:
            yield rise
