"""The way of series on GKE: PodMonitoring, managed collection, Cloud Monitoring, and its custom metrics adapter."""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rehearsal import pins
from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane
from rehearsal.listener import Listener
from rehearsal.metrics import managed_collection
from rehearsal.metrics.adapter_standing import AdapterStanding
from rehearsal.metrics.aggregation import led
from rehearsal.metrics.managed_collection import Cluster, ManagedCollection
from rehearsal.metrics.prometheus import Prometheus
from rehearsal.metrics.stackdriver_adapter import StackdriverAdapter
from rehearsal.mirror import Mirror
from rehearsal.releases import Release


@dataclass(frozen=True, slots=True)
class GkePlan:
    """What decides the way on GKE.

    Attributes:
        cluster: what the collectors write on every series.
        viewers: accounts that may read Cloud Monitoring, `namespace/name`; None where the adapter is the cluster's own,
            so that nothing of the stack decides whether it can answer.
    """

    cluster: Cluster
    viewers: frozenset[str] | None

    @property
    def upstreams(self) -> Sequence[pins.Upstream]:
        """What must be built beside the control plane."""
        return (pins.PROMETHEUS,)

    @property
    def followed(self) -> Sequence[tuple[str, str]]:
        """What is followed."""
        return ((managed_collection.API_VERSION, managed_collection.KIND),)

    def definitions(self, binaries: Mapping[str, Path]) -> list[Json]:
        """Return none: Google's operator has no published definitions here, so they come from our models."""
        return []

    def open(self, plane: ControlPlane, mirrors: Mapping[str, Mirror], clock: Clock) -> "GkeMetrics":
        """Return the way on a control plane."""
        standing = None
        if self.viewers is not None:
            standing = AdapterStanding(
                plane.client,
                pods=mirrors["Pod"],
                services=mirrors["Service"],
                address=plane.slot.address,
                viewers=self.viewers,
            )
        return GkeMetrics(plane, mirrors[managed_collection.KIND], self.cluster, standing, clock)


class GkeMetrics:
    """A real Prometheus collects what PodMonitoring objects say, and a double of the adapter answers from it.

    Args:
        plane: where it runs.
        monitorings: mirror of the PodMonitoring objects.
        cluster: what the collectors write on every series.
        standing: whether the adapter could answer; None where it is the cluster's own.
        clock: compresses intervals and windows.

    Attributes:
        adapter: the adapter's listener.
    """

    real: Sequence[str] = ("Prometheus, which scrapes each pod",)
    doubles: Sequence[str] = (
        "managed collection: PodMonitoring objects become Prometheus' configuration by the rules of Google's operator",
        "custom-metrics-stackdriver-adapter: answers from Prometheus in place of Cloud Monitoring, behind the stack's "
        "own APIServices; these name its port, and the Service that they name is an ExternalName. It answers as "
        "long as a Ready pod is behind that Service whose account has the adapter's rights",
    )

    def __init__(
        self, plane: ControlPlane, monitorings: Mirror, cluster: Cluster, standing: AdapterStanding | None, clock: Clock
    ) -> None:
        self._address, self._monitorings, self._standing = plane.slot.address, monitorings, standing
        self.prometheus = Prometheus(plane, clock)
        self._collection = ManagedCollection(monitorings, self.prometheus, cluster, plane.kubeconfig, clock)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        plane.credentials.signer.issue_cert(self._address).configure_cert(tls)  # pyright: ignore[reportUnknownMemberType]
        answer = StackdriverAdapter(plane.client, self.prometheus, cluster, clock).answer
        self.adapter = Listener(self._address, 0, standing.guarded(answer) if standing else answer, tls=tls)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._collection)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        self.adapter.close()
        self.prometheus.close()

    def check(self) -> None:
        """Raise what ended the collection, if anything did."""
        self._collection.check()

    def upgraded(self, release: Release) -> None:
        """Do nothing: no chart is part of it."""

    def stand_in(self, manifests: Sequence[Json]) -> list[Json]:
        """Return the objects with the metrics APIs led to the double, which listens outside the cluster."""
        return led(manifests, self._address, self.adapter.port)

    def series(self, metric: str) -> str:
        """Return the series in `prometheus.googleapis.com|<series>|<type>`, and a name of another form as it is."""
        parts = metric.split("|")
        return parts[1] if len(parts) == 3 else metric

    def unscraped(self, namespace: str, labels: Mapping[str, str], ports: Sequence[str]) -> str:
        """Say what the pods are and what is selected."""
        selectors = [each["spec"] for each in self._monitorings.objects]
        return f"their labels are {dict(labels)} and their ports {ports}; there are PodMonitorings with {selectors}"

    def unrecorded(self, series: str) -> str:
        """Say nothing: no rules are evaluated on this way."""
        return ""

    def unserved(self, metric: str) -> str:
        """Say nothing: the adapter serves each series that Cloud Monitoring has."""
        return ""

    def silenced(self) -> str:
        """Say what its pod or its account lacks."""
        return self._standing.why() if self._standing else ""

    def unmatched(self, metric: str) -> str:
        """Say nothing: the adapter has no rules."""
        return ""

    def unkept(self) -> str:
        """Say nothing: Cloud Monitoring keeps what it gets."""
        return ""
