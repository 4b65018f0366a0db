"""The way of series on GKE: PodMonitoring, managed collection, Cloud Monitoring, and its custom metrics adapter."""

import ssl
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Self

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane
from rehearsal.listener import Listener
from rehearsal.metrics.managed_collection import Cluster, ManagedCollection
from rehearsal.metrics.prometheus import Prometheus
from rehearsal.metrics.stackdriver_adapter import StackdriverAdapter
from rehearsal.mirror import Mirror


class GkeMetrics:
    """A real Prometheus collects what PodMonitoring objects say, and a double of the adapter answers from it.

    Args:
        plane: where it runs.
        monitorings: mirror of the PodMonitoring objects.
        cluster: what the collectors write on every series.
        clock: compresses intervals and windows.

    Attributes:
        adapter: the adapter's listener.
    """

    real: Sequence[str] = ("Prometheus, which scrapes each pod",)
    doubles: Sequence[str] = (
        "managed collection: PodMonitoring objects become Prometheus' configuration by the rules of Google's operator",
        "custom-metrics-stackdriver-adapter: answers from Prometheus in place of Cloud Monitoring, behind the stack's "
        "own APIServices; these name its port, and the Service that they name is an ExternalName",
    )

    def __init__(self, plane: ControlPlane, monitorings: Mirror, cluster: Cluster, clock: Clock) -> None:
        self._address = plane.slot.address
        self.prometheus = Prometheus(plane, clock)
        self._collection = ManagedCollection(monitorings, self.prometheus, cluster, plane.kubeconfig, clock)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        plane.credentials.signer.issue_cert(self._address).configure_cert(tls)  # pyright: ignore[reportUnknownMemberType]
        answer = StackdriverAdapter(plane.client, self.prometheus, cluster, clock).answer
        self.adapter = Listener(self._address, 0, answer, tls=tls)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._collection)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        self.adapter.close()
        self.prometheus.close()

    def stand_in(self, manifests: Sequence[Json]) -> list[Json]:
        """Return the objects with the metrics APIs led to the double, which listens outside the cluster."""
        apis = [each["spec"]["service"] for each in manifests if _is_led(each)]
        services = {(service["namespace"], service["name"]) for service in apis}
        return [self._led(manifest, services) for manifest in manifests]

    def series(self, metric: str) -> str:
        """Return the series in `prometheus.googleapis.com|<series>|<type>`, and a name of another form as it is."""
        parts = metric.split("|")
        return parts[1] if len(parts) == 3 else metric

    def _led(self, manifest: Json, services: set[tuple[str, str]]) -> Json:
        spec, metadata = manifest.get("spec", {}), manifest["metadata"]
        if _is_led(manifest):
            return {**manifest, "spec": {**spec, "service": {**spec["service"], "port": self.adapter.port}}}
        if manifest["kind"] == "Service" and (metadata.get("namespace", "default"), metadata["name"]) in services:
            return {**manifest, "spec": {"type": "ExternalName", "externalName": self._address}}
        return manifest


def _is_led(manifest: Json) -> bool:
    return manifest["kind"] == "APIService" and "service" in manifest["spec"]
