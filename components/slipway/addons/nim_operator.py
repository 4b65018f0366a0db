"""NVIDIA's NIM operator: makes servers of NIMServices, and keeps their models in NIMCaches."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.release import release
from slipway.catalog.versions import NIM_OPERATOR

NAME = "nim-operator"


class NimOperator(pulumi.ComponentResource):
    """The chart of NVIDIA, without its admission controller, which needs cert-manager: the preview checks instead.

    Attributes:
        release: defines the custom resources; servers are created after it and deleted before it.
    """

    release: k8s.helm.v3.Release

    def __init__(
        self, name: str, *, values: Mapping[str, Any] | None = None, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:addons:NimOperator", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        namespace = k8s.core.v1.Namespace(f"{name}-{NAME}", metadata={"name": NAME}, opts=child)
        self.release = release(
            f"{name}-{NAME}",
            release_name=NAME,
            chart="k8s-nim-operator",
            repository="https://helm.ngc.nvidia.com/nvidia",
            version=NIM_OPERATOR,
            namespace=namespace.metadata["name"],
            own={"operator": {"admissionController": {"enabled": False}}},
            values=values,
            opts=child,
        )
        self.register_outputs({})
