"""metrics-server: what `kubectl top` and autoscalers on CPU ask. GKE brings its own; there this has no place."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from slipway.addons.monitoring_settings import MONITORED
from slipway.addons.release import release
from slipway.addons.spread import spread
from slipway.catalog.versions import METRICS_SERVER

NAME = "metrics-server"


class MetricsServer(pulumi.ComponentResource):
    """The chart of kubernetes-sigs/metrics-server, which owns v1beta1.metrics.k8s.io."""

    def __init__(
        self,
        name: str,
        *,
        ready: Sequence[pulumi.Resource] = (),
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:MetricsServer", name, None, opts)
        release(
            f"{name}-{NAME}",
            release_name=NAME,
            chart=NAME,
            repository="https://kubernetes-sigs.github.io/metrics-server/",
            version=METRICS_SERVER,
            namespace="kube-system",
            own={
                "fullnameOverride": NAME,
                "replicas": 2,
                "topologySpreadConstraints": spread({"app.kubernetes.io/instance": NAME}),
                "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
                "metrics": {"enabled": True},
                "serviceMonitor": MONITORED,
            },
            values=values,
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        self.register_outputs({})
