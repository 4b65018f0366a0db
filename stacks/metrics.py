"""The ways that signals can take to autoscalers, as plain data."""

from dataclasses import dataclass, field
from typing import Any

from slipway.addons.settings import InstalledChart, MonitoringArgs
from slipway.checks.signals import Prometheus, charts


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedMetrics:
    """A collector and an adapter that are the cluster's own, or its cloud's.

    Attributes:
        path: where the stack file decides it.
        there: whether the adapter is the cluster's own, and not one that the stack brings.
    """

    path: str
    there: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusMetrics:
    """A Prometheus of the stack's own, with its operator, and what sets replicas by it.

    Attributes:
        args: what a person decides about it.
        stack: their values for the chart of kube-prometheus-stack.
        adapter: and for that of prometheus-adapter.
    """

    args: MonitoringArgs
    stack: dict[str, Any] = field(default_factory=dict[str, Any])
    adapter: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledMetrics:
    """A Prometheus and an adapter that the cluster has already.

    Attributes:
        path: where the stack file states them.
        stack: the release of kube-prometheus-stack.
        adapter: that of prometheus-adapter.
    """

    path: str
    stack: InstalledChart
    adapter: InstalledChart

    @property
    def prometheus(self) -> Prometheus:
        """Prometheus as the values of its chart make it.

        Raises:
            ValueError: a port or a duration among them is none.
        """
        return charts.prometheus(self.stack.release, self.stack.namespace, self.stack.values)


Metrics = ManagedMetrics | PrometheusMetrics | InstalledMetrics
