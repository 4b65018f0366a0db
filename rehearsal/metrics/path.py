"""What a story needs of the way from a series to the autoscaler, whichever way a stack takes."""

from collections.abc import Sequence
from typing import Protocol, Self

from rehearsal.client import Json
from rehearsal.listener import Listener
from rehearsal.metrics.prometheus import Prometheus


class MetricsPath(Protocol):
    """A context manager inside which series are collected, and the metrics APIs answer.

    Attributes:
        prometheus: where the series are.
        adapter: what answers the metrics APIs.
        real: its real parts, for people.
        doubles: its doubles, for people.
    """

    prometheus: Prometheus
    adapter: Listener
    real: Sequence[str]
    doubles: Sequence[str]

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def stand_in(self, manifests: Sequence[Json]) -> list[Json]:
        """Return a stack's objects with those replaced that lead to the adapter's pods, which do not run."""
        ...

    def series(self, metric: str) -> str:
        """Return the series behind a metric that an autoscaler asks for."""
        ...
