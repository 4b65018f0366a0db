"""A server as its dashboards and alerts see it: what its pods export, and what it is scaled on."""

from dataclasses import dataclass

from slipway.addons.monitoring_settings import AGGREGATION
from slipway.catalog.engines import Series
from slipway.checks.signals import Export

_RANDOM = "[b-df-hj-np-tv-xz24-9]"
"""The letters and digits that Kubernetes makes names of: k8s.io/apimachinery/pkg/util/rand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedServer:
    """A Deployment with an autoscaler and a Service of its own name.

    Attributes:
        export: its pods and their engine.
        signal: the series that its autoscaler follows.
        target: average of the signal over the replicas, in its unit.
        cluster: name of its cluster, where those who look see several.
    """

    export: Export
    signal: Series
    target: float
    cluster: str = ""

    @property
    def name(self) -> str:
        """Name of the server and of its objects."""
        return self.export.workload.name

    @property
    def namespace(self) -> str:
        """The Kubernetes namespace of its objects."""
        return self.export.workload.namespace

    @property
    def place(self) -> str:
        """PromQL matchers of whatever is in its namespace."""
        return ",".join([*([f'cluster="{self.cluster}"'] if self.cluster else []), f'namespace="{self.namespace}"'])

    @property
    def pods(self) -> str:
        """PromQL matchers of its pods."""
        return f"{self.place},{_pods(self.name)}"

    def of_pods(self, series: str) -> str:
        """Return a selector of what its pods export."""
        return f"{series}{{{self.pods}}}"


def pods_of(deployment: str, namespace: str) -> str:
    """Return PromQL matchers of a Deployment's pods, and of no pods whose Deployment is only named alike.

    A long name leaves no room for the whole hash, nor for the dash after it.
    """
    return f'namespace="{namespace}",{_pods(deployment)}'


def _pods(deployment: str) -> str:
    return f'pod=~"{deployment}-{_RANDOM}{{1,10}}-?{_RANDOM}{{5}}"'


def per_pod(series: Series, selector: str) -> str:
    """Return PromQL for one value a pod of a signal, as its autoscaler gets it.

    Raises:
        ValueError: the series stands for no signal.
    """
    if series.signal is None:
        msg = f"{series.name} stands for no signal"
        raise ValueError(msg)
    return f"{AGGREGATION[series.signal]} by (pod) ({selector})"
