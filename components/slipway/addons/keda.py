"""KEDA: scales servers on what it asks Prometheus for, by HorizontalPodAutoscalers that it makes itself.

It owns external.metrics.k8s.io, as no other adapter then may. Where it is, prometheus-adapter is not: a server has one
autoscaler, and that is KEDA's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.keda_settings import NAME, SERVER, query
from slipway.addons.kube_prometheus_stack import PROMETHEUS, KubePrometheusStack
from slipway.addons.monitoring_settings import MONITORED, PORT
from slipway.addons.release import release
from slipway.addons.scraping import ScrapesPods
from slipway.addons.spread import spread
from slipway.catalog.engines import Series
from slipway.catalog.versions import KEDA
from slipway.network_policies import namespaces, tcp
from slipway.serving.autoscaling import PrometheusQuery


class Keda(ScrapesPods, pulumi.ComponentResource):
    """The chart of kedacore, with two replicas of what answers for metrics.

    Attributes:
        ready: defines ScaledObjects and removes its finalizer from them; they are created after it and deleted before
            it.
    """

    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        monitoring: KubePrometheusStack,
        namespace: str,
        priority_class: pulumi.Input[str],
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Install it for the servers of a namespace."""
        super().__init__("slipway:addons:Keda", name, None, opts)
        self._operator = [monitoring.release]
        self._namespace = namespace
        own = k8s.core.v1.Namespace(f"{name}-{NAME}", metadata={"name": NAME}, opts=pulumi.ResourceOptions(parent=self))
        budget, watched = {"maxUnavailable": 1}, {"enabled": True, "serviceMonitor": MONITORED}
        installed = release(
            f"{name}-{NAME}",
            release_name=NAME,
            chart=NAME,
            repository="https://kedacore.github.io/charts",
            version=KEDA,
            namespace=own.metadata["name"],
            own={
                "operator": {"replicaCount": 2},
                "metricsServer": {"replicaCount": 2},
                "podDisruptionBudget": {"operator": budget, "metricServer": budget},
                "priorityClassName": priority_class,
                "prometheus": {"operator": watched, "metricServer": watched, "webhooks": watched},
                "topologySpreadConstraints": {
                    "operator": spread({"app": "keda-operator"}),
                    "metricsServer": spread({"app": "keda-operator-metrics-apiserver"}),
                },
                # Triggers ask Prometheus, which wants no credentials.
                "permissions": {
                    "operator": {"restrict": {"secret": True}},
                    "metricServer": {"restrict": {"secret": True}},
                },
            },
            values=values,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring.release]),
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-{NAME}-asks",
            metadata={"namespace": monitoring.namespace},
            spec={
                "pod_selector": PROMETHEUS,
                "policy_types": ["Ingress"],
                "ingress": [{"from_": [namespaces(NAME)], "ports": tcp(PORT)}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ready = [installed]
        self.register_outputs({})

    def metric(self, series: Series, server: str, /) -> PrometheusQuery:
        """Return what KEDA asks for, which no metrics API needs to know by a name."""
        return PrometheusQuery(SERVER, query(series, server, self._namespace))
