"""The way of series through prometheus-operator, Prometheus and prometheus-adapter: all three are real here.

The operator and the adapter run outside the cluster, as the administrator; their charts' permissions are not played. Of
the charts there are the objects of `rehearsal.releases`. ServiceMonitors discover nothing: the API server takes no
loopback address for what is behind a Service.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rehearsal import custom_resources, pins, releases
from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane
from rehearsal.metrics import monitors
from rehearsal.metrics.aggregation import led
from rehearsal.metrics.operated_config import OperatedConfig
from rehearsal.metrics.prometheus import Prometheus
from rehearsal.metrics.prometheus_adapter import PrometheusAdapter
from rehearsal.mirror import Mirror
from rehearsal.releases import Release

NAME = "prometheus-operator"
MONITORING = "monitoring.coreos.com/v1"


@dataclass(frozen=True, slots=True)
class OperatorPlan:
    """What decides the way: the releases of the two charts.

    Attributes:
        stack: of kube-prometheus-stack.
        adapter: of prometheus-adapter; None if there is none.
    """

    stack: Release
    adapter: Release | None

    @property
    def upstreams(self) -> Sequence[pins.Upstream]:
        """What must be built beside the control plane."""
        return (pins.PROMETHEUS_OPERATOR, pins.PROMETHEUS, pins.PROMETHEUS_ADAPTER)

    @property
    def followed(self) -> Sequence[tuple[str, str]]:
        """What is followed."""
        return (("v1", "Secret"), ("v1", "ConfigMap"), (MONITORING, "PodMonitor"), (MONITORING, "PrometheusRule"))

    def definitions(self, binaries: Mapping[str, Path]) -> list[Json]:
        """Return the operator's own definitions, which its chart brings."""
        return custom_resources.prometheus_operator_definitions(binaries)

    def open(self, plane: ControlPlane, mirrors: Mapping[str, Mirror], clock: Clock) -> "OperatorMetrics":
        """Return the way on a control plane."""
        return OperatorMetrics(plane, mirrors, self, clock)


class OperatorMetrics:
    """The operator, Prometheus with what the operator writes, and the adapter behind the stack's APIService."""

    real: Sequence[str] = (
        "prometheus-operator, which makes Prometheus' configuration and rules of the stack's objects",
        "Prometheus, which runs them and scrapes each pod",
        "prometheus-adapter, with the rules of the release's values",
    )
    doubles: Sequence[str] = (
        "kube-prometheus-stack: its Prometheus object, from the release's values; nothing else of the chart",
        "prometheus-adapter's chart: its Service, an ExternalName, and its APIServices, which name the adapter's port",
    )

    def __init__(self, plane: ControlPlane, mirrors: Mapping[str, Mirror], plan: OperatorPlan, clock: Clock) -> None:
        self._plane, self._mirrors = plane, mirrors
        self._operated, self._retention = releases.prometheus(plan.stack), releases.retention(plan.stack)
        self.prometheus = Prometheus(plane, clock)
        self._adapter: PrometheusAdapter | None = None
        if plan.adapter:
            self._adapter = PrometheusAdapter(plane, plan.adapter, self._operated, self.prometheus, clock)
        self._config = OperatedConfig(
            self._operated,
            secrets=mirrors["Secret"],
            config_maps=mirrors["ConfigMap"],
            prometheus=self.prometheus,
            folder=plane.slot.folder / "rules",
            kubeconfig=plane.kubeconfig,
            clock=clock,
        )
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        address = self._plane.slot.address
        self._plane.processes.start(
            NAME,
            [
                self._plane.binaries[NAME],
                f"--web.listen-address={address}:{self._plane.slot.free_port()}",
                "--web.enable-tls=false",
                "--kubelet-endpoints=false",
                "--log-level=warn",
            ],
            environment={"KUBECONFIG": str(self._plane.kubeconfig)},
        )
        if self._adapter:
            self._adapter.start()
        self._stack.enter_context(self._config)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        self.prometheus.close()

    def check(self) -> None:
        """Raise what ended the configuration of Prometheus, if anything did."""
        self._config.check()

    def upgraded(self, release: Release) -> None:
        """Start the adapter with new values; the operator hears of its own by the API server."""
        if self._adapter and release.chart == releases.PROMETHEUS_ADAPTER:
            self._adapter.upgrade(release)

    def stand_in(self, manifests: Sequence[Json]) -> list[Json]:
        """Return the objects with the metrics APIs led to the adapter, which listens outside the cluster."""
        return led(manifests, self._plane.slot.address, self._adapter.port) if self._adapter else [*manifests]

    def series(self, metric: str) -> str:
        """Return the series of which a rule of the adapter makes a metric; without such a rule the metric itself."""
        return self._adapter.series(metric) if self._adapter else metric

    def unscraped(self, namespace: str, labels: Mapping[str, str], ports: Sequence[str]) -> str:
        """Say what keeps the pods out of the configuration."""
        if not self._config.is_written:
            return (
                f"prometheus-operator has written no configuration for Prometheus {self._operated['metadata']['name']}"
            )
        dropped = self.prometheus.dropped()
        return monitors.unscraped(
            self._operated, self._mirrors["PodMonitor"].objects, namespace, labels, ports, dropped
        )

    def unrecorded(self, series: str) -> str:
        """Say why a rule of the stack does not record a series."""
        return monitors.unrecorded(self._operated, self._mirrors["PrometheusRule"].objects, series)

    def unserved(self, metric: str) -> str:
        """Say which metrics the adapter's rules make, and what to add."""
        return self._adapter.needed(metric) if self._adapter else "the stack has no prometheus-adapter"

    def unmatched(self, metric: str) -> str:
        """Say which rule of the release is for a metric and meets no series."""
        return self._adapter.unmatched(metric) if self._adapter else ""

    def silenced(self) -> str:
        """Say nothing: the adapter runs outside the cluster, as the administrator."""
        return ""

    def unkept(self) -> str:
        """Say that Prometheus is to keep nothing."""
        return monitors.unkept(self._operated, self._retention)
