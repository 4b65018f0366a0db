"""What lets an autoscaler read series of Prometheus: prometheus-adapter, with a rule for each signal of the servers.

A cluster holds one owner of each metrics API: neither KEDA's nor another adapter goes beside it for custom metrics.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi

from slipway.addons.kube_prometheus_stack import KubePrometheusStack
from slipway.addons.monitoring_settings import ADAPTER, adapter_values
from slipway.addons.release import release
from slipway.addons.scraping import ScrapesPods
from slipway.catalog.engines import Series
from slipway.catalog.versions import PROMETHEUS_ADAPTER


class PrometheusMetrics(ScrapesPods, pulumi.ComponentResource):
    """Serves custom.metrics.k8s.io from the cluster's Prometheus, by two replicas.

    The APIService belongs to the release, and Helm deletes it before what answers for it: an API that nobody answers
    for keeps every namespace of the cluster from being deleted.

    Attributes:
        ready: what autoscalers ask; they are created after it and deleted before it.
    """

    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        *,
        monitoring: KubePrometheusStack,
        signals: Iterable[Series],
        priority_class: pulumi.Input[str],
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:PrometheusMetrics", name, None, opts)
        self._operator = [monitoring.release]
        adapter = release(
            f"{name}-{ADAPTER}",
            release_name=ADAPTER,
            chart=ADAPTER,
            repository="https://prometheus-community.github.io/helm-charts",
            version=PROMETHEUS_ADAPTER,
            namespace=monitoring.namespace,
            own=adapter_values(signals, priority_class=priority_class),
            values=values,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring.release]),
        )
        self.ready = [adapter]
        self.register_outputs({})

    def metric(self, series: Series, _server: str, /) -> str:
        """Return the name under which an autoscaler finds a series: its own."""
        return series.name
