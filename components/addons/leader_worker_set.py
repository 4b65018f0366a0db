"""The controller of LeaderWorkerSets, for servers whose replicas span hosts."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from catalog.versions import LEADER_WORKER_SET

TIMEOUT_SECONDS = 600


class LeaderWorkerSetController(pulumi.ComponentResource):
    """The chart of kubernetes-sigs/lws, in a namespace of its own.

    Attributes:
        release: defines the custom resource; LeaderWorkerSets are created after it and deleted before it.
    """

    release: k8s.helm.v3.Release

    def __init__(
        self, name: str, *, values: Mapping[str, Any] | None = None, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:addons:LeaderWorkerSetController", name, None, opts)
        self.release = k8s.helm.v3.Release(
            name,
            name="lws",
            chart="oci://registry.k8s.io/lws/charts/lws",
            version=LEADER_WORKER_SET,
            values={**(values or {})},
            namespace="lws-system",
            create_namespace=True,
            atomic=True,
            cleanup_on_fail=True,
            timeout=TIMEOUT_SECONDS,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
