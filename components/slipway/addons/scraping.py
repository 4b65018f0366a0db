"""How Prometheus comes to collect a server's pods, whatever then scales the server."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.kube_prometheus_stack import PROMETHEUS
from slipway.addons.monitoring_settings import NAMESPACE, SCRAPE_SECONDS, SELECTED
from slipway.catalog.engines import Series
from slipway.custom_resources import custom_resource
from slipway.custom_resources.monitoring import LabelSelector, PodMonitor, ScrapeEndpoint
from slipway.network_policies import namespaces


class ScrapesPods:
    """The first half of a `MetricsPath` through a Prometheus of the cluster: Slipway's unless it says otherwise."""

    _prometheus_namespace: str = NAMESPACE
    _selected: Mapping[str, str] = SELECTED
    _operator: Sequence[pulumi.Resource] = ()

    @property
    def collectors(self) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
        """The pods that collect series."""
        return {**namespaces(self._prometheus_namespace), "pod_selector": PROMETHEUS}

    def scrape(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        labels: Mapping[str, str],
        port: str,
        path: str,
        opts: pulumi.ResourceOptions,
    ) -> k8s.apiextensions.CustomResource:
        """Have Prometheus collect this port of the pods with these labels, each pod once whatever Services it has."""
        endpoint = ScrapeEndpoint(port=port, path=path, interval=f"{SCRAPE_SECONDS}s")
        return custom_resource(
            name,
            PodMonitor(selector=LabelSelector(match_labels=dict(labels)), pod_metrics_endpoints=[endpoint]),
            metadata={"name": name, "namespace": namespace, "labels": dict(self._selected)},
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=self._operator)),
        )


class InstalledPrometheus(ScrapesPods):
    """A Prometheus with its operator and an adapter that the cluster has already.

    Args:
        namespace: where Prometheus is.
        selected: labels of the PodMonitors that it reads.
    """

    ready: Sequence[pulumi.Resource] = ()

    def __init__(self, namespace: str, selected: Mapping[str, str]) -> None:
        self._prometheus_namespace, self._selected = namespace, selected

    def metric(self, series: Series, _server: str, /) -> str:
        """Return the name under which an autoscaler finds a series: its own."""
        return series.name
