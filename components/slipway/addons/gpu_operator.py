"""NVIDIA's GPU operator on nodes whose image has the driver already: device plugin, labels and GPU metrics."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.monitoring_settings import MONITORED
from slipway.addons.release import release
from slipway.catalog.versions import GPU_OPERATOR

NAME = "gpu-operator"
POLICY = "cluster-policy"
"""Name of the one ClusterPolicy, which the chart makes."""

READY_TIMEOUT = "30m"


class GpuOperator(pulumi.ComponentResource):
    """The chart of NVIDIA, without driver and toolkit: a second driver breaks nodes of AL2023_x86_64_NVIDIA.

    It brings node feature discovery, GPU feature discovery and the DCGM exporter; none of them goes beside it.

    Attributes:
        ready: advertises GPUs; servers are created after it and deleted before it.
    """

    ready: pulumi.Resource

    def __init__(
        self,
        name: str,
        *,
        ready: Sequence[pulumi.Resource] = (),
        wait: bool = False,
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
        self.ready = installed = release(
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
                "dcgmExporter": {"serviceMonitor": MONITORED},
            },
            values=values,
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        if wait:
            self.ready = _ready(f"{name}-gpu-operator", installed, self)
        self.register_outputs({})


def _ready(name: str, installed: pulumi.Resource, parent: pulumi.Resource) -> k8s.apiextensions.CustomResourcePatch:
    """Return what exists once the operator calls its ClusterPolicy ready, as it also does while there is no GPU node.

    Helm waits for the operator alone, and not for what that starts on each node. The patch sets one annotation, which
    server-side apply adds to the chart's object without taking anything of it.
    """
    return k8s.apiextensions.CustomResourcePatch(
        name,
        api_version="nvidia.com/v1",
        kind="ClusterPolicy",
        metadata={"name": POLICY, "annotations": {"pulumi.com/waitFor": "jsonpath={.status.state}=ready"}},
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[installed],
            custom_timeouts=pulumi.CustomTimeouts(create=READY_TIMEOUT, update=READY_TIMEOUT),
        ),
    )
