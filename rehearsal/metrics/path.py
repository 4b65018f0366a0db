"""What a story needs of the way from a series to the autoscaler, whichever way a stack takes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, Self

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane
from rehearsal.metrics.prometheus import Prometheus
from rehearsal.mirror import Mirror
from rehearsal.pins import Upstream
from rehearsal.releases import Release


class MetricsPath(Protocol):
    """A context manager inside which series are collected, and the metrics APIs answer.

    Attributes:
        prometheus: where the series are.
        real: its real parts, for people.
        doubles: its doubles, for people.
    """

    prometheus: Prometheus
    real: Sequence[str]
    doubles: Sequence[str]

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def check(self) -> None:
        """Raise what ended a double of it, if anything did."""
        ...

    def upgraded(self, release: Release) -> None:
        """Have what runs of a release take the values that an update has given it."""
        ...

    def stand_in(self, manifests: Sequence[Json]) -> list[Json]:
        """Return a stack's objects with those replaced that lead to the adapter's pods, which do not run."""
        ...

    def series(self, metric: str) -> str:
        """Return the series behind a metric that an autoscaler asks for; a metric of unknown form is its own."""
        ...

    def unscraped(self, namespace: str, labels: Mapping[str, str], ports: Sequence[str]) -> str:
        """Say why nothing scrapes pods with these labels and ports (`name=number`)."""
        ...

    def unrecorded(self, series: str) -> str:
        """Say why a series is not recorded that an object of the stack records; empty if none does."""
        ...

    def unmatched(self, metric: str) -> str:
        """Say which rule of the adapter is for a metric and meets no series that is collected; empty otherwise."""
        ...

    def unserved(self, metric: str) -> str:
        """Say what the adapter would need to serve a metric; empty where nothing of the stack decides that."""
        ...

    def silenced(self) -> str:
        """Say why the adapter could not answer in a cluster; empty where nothing of the stack keeps it from that."""
        ...

    def unkept(self) -> str:
        """Say why the series that are collected are not kept; empty if they are."""
        ...


class MetricsPlan(Protocol):
    """What a recording says of its way."""

    @property
    def upstreams(self) -> Sequence[Upstream]:
        """What must be built for it beside the control plane."""
        ...

    @property
    def followed(self) -> Sequence[tuple[str, str]]:
        """ApiVersion and kind of the objects that it follows."""
        ...

    def definitions(self, binaries: Mapping[str, Path]) -> list[Json]:
        """Return the CustomResourceDefinitions that its parts bring; the others come from our models."""
        ...

    def open(self, plane: ControlPlane, mirrors: Mapping[str, Mirror], clock: Clock) -> MetricsPath:
        """Return the way on a control plane; `mirrors` has those of `followed` by kind."""
        ...
