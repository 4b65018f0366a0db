"""How Prometheus comes to collect a server's pods, whatever then scales the server."""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.kube_prometheus_stack import PROMETHEUS, KubePrometheusStack
from slipway.addons.monitoring_settings import NAMESPACE, SCRAPE_SECONDS, SELECTED
from slipway.custom_resources import custom_resource
from slipway.custom_resources.monitoring import LabelSelector, PodMonitor, ScrapeEndpoint
from slipway.network_policies import namespaces


class ScrapesPods:
    """The first half of a `MetricsPath` through the cluster's own Prometheus."""

    _monitoring: KubePrometheusStack

    @property
    def collectors(self) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
        """The pods that collect series."""
        return {**namespaces(NAMESPACE), "pod_selector": PROMETHEUS}

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
            metadata={"name": name, "namespace": namespace, "labels": {**labels, **SELECTED}},
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[self._monitoring.release])),
        )
