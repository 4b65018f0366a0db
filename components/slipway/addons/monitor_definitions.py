"""The custom resources of prometheus-operator, by which charts and servers say what is to be collected."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.release import release
from slipway.catalog.versions import PROMETHEUS_OPERATOR_CRDS

NAME = "prometheus-operator-crds"
NAMESPACE = "kube-system"


class MonitorDefinitions(pulumi.ComponentResource):
    """A release of their own: Helm updates none that lie beside a chart, and they are there before any monitor.

    Attributes:
        release: defines them; monitors are created after it and deleted before it.
    """

    release: k8s.helm.v3.Release

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:addons:MonitorDefinitions", name, None, opts)
        self.release = release(
            f"{name}-{NAME}",
            release_name=NAME,
            chart=NAME,
            repository="https://prometheus-community.github.io/helm-charts",
            version=PROMETHEUS_OPERATOR_CRDS,
            namespace=NAMESPACE,
            own={},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
