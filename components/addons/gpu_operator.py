"""NVIDIA's GPU operator on nodes whose image has the driver already: device plugin, labels and GPU metrics."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from catalog.versions import GPU_OPERATOR
from components.addons.kube_prometheus_stack import KubePrometheusStack
from components.addons.monitoring_settings import SELECTED
from components.addons.release import release

NAME = "gpu-operator"


class GpuOperator(pulumi.ComponentResource):
    """The chart of NVIDIA, without driver and toolkit: a second driver breaks nodes of AL2023_x86_64_NVIDIA.

    It brings node feature discovery, GPU feature discovery and the DCGM exporter; none of them goes beside it.

    Attributes:
        release: advertises GPUs; servers are created after it and deleted before it.
    """

    release: k8s.helm.v3.Release

    def __init__(
        self,
        name: str,
        *,
        monitoring: KubePrometheusStack,
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:GpuOperator", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        namespace = k8s.core.v1.Namespace(
            f"{name}-gpu-operator",
            metadata={"name": NAME, "labels": {"pod-security.kubernetes.io/enforce": "privileged"}},
            opts=child,
        )
        self.release = release(
            f"{name}-gpu-operator",
            release_name=NAME,
            chart=NAME,
            repository="https://helm.ngc.nvidia.com/nvidia",
            version=GPU_OPERATOR,
            namespace=namespace.metadata["name"],
            own={
                "driver": {"enabled": False},
                "toolkit": {"enabled": False},
                "devicePlugin": {"enabled": True},
                "dcgmExporter": {"serviceMonitor": {"enabled": True, "additionalLabels": SELECTED}},
            },
            values=values,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[monitoring.release]),
        )
        self.register_outputs({})
