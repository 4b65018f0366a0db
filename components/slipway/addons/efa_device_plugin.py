"""The device plugin that gives EFA interfaces to pods that ask for `vpc.amazonaws.com/efa`."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.release import release
from slipway.catalog.eks_registries import registry
from slipway.catalog.machines import GPU_RESOURCE
from slipway.catalog.versions import EFA_DEVICE_PLUGIN
from slipway.eks.gpu_nodes import EFA_LABEL, PRESENT

NAME = "aws-efa-k8s-device-plugin"
NAMESPACE = "kube-system"


class EfaDevicePlugin(pulumi.ComponentResource):
    """The chart of aws/eks-charts, on the nodes of pools with EFA alone.

    Attributes:
        release: advertises the interfaces.
    """

    release: k8s.helm.v3.Release

    def __init__(
        self,
        name: str,
        *,
        region: str,
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:EfaDevicePlugin", name, None, opts)
        self.release = release(
            f"{name}-efa",
            release_name=NAME,
            chart=NAME,
            repository="https://aws.github.io/eks-charts",
            version=EFA_DEVICE_PLUGIN,
            namespace=NAMESPACE,
            own={
                "fullnameOverride": NAME,
                "image": {"repository": f"{registry(region)}/eks/{NAME}"},
                "nodeSelector": {EFA_LABEL: PRESENT},
                "tolerations": [{"key": GPU_RESOURCE, "operator": "Exists", "effect": "NoSchedule"}],
            },
            values=values,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
