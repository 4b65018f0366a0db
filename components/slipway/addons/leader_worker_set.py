"""The controller of LeaderWorkerSets, for servers whose replicas span hosts."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.definitions import definitions
from slipway.addons.release import release
from slipway.catalog.versions import LEADER_WORKER_SET

NAME = "lws"
NAMESPACE = "lws-system"

WEBHOOK_PORT = 9443
"""Where its pods listen; without an answer the control plane admits no LeaderWorkerSet, and no pod of one."""

_APART = {
    "podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {
                "weight": 100,
                "podAffinityTerm": {
                    "topologyKey": "kubernetes.io/hostname",
                    "labelSelector": {"matchLabels": {"app.kubernetes.io/instance": NAME}},
                },
            }
        ]
    }
}
"""The chart has no topology spread constraints."""


class LeaderWorkerSetController(pulumi.ComponentResource):
    """The chart of kubernetes-sigs/lws, in a namespace of its own; no pod of a group comes while its webhooks are down.

    Attributes:
        release: runs the controller; LeaderWorkerSets are created after it and deleted before it.
    """

    release: k8s.helm.v3.Release

    def __init__(
        self,
        name: str,
        *,
        priority_class: pulumi.Input[str],
        values: Mapping[str, Any] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:LeaderWorkerSetController", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        namespace = k8s.core.v1.Namespace(f"{name}-{NAME}", metadata={"name": NAMESPACE}, opts=child)
        defined = definitions(f"{name}-{NAME}", NAME, LEADER_WORKER_SET, opts=child)
        self.release = release(
            name,
            release_name=NAME,
            chart="oci://registry.k8s.io/lws/charts/lws",
            version=LEADER_WORKER_SET,
            namespace=namespace.metadata["name"],
            own={
                "replicaCount": 2,
                "priorityClassName": priority_class,
                # The chart's own is a branch, and the whole core that it asks for is a system node's quarter.
                "image": {"manager": {"tag": f"v{LEADER_WORKER_SET}", "pullPolicy": "IfNotPresent"}},
                "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
                "affinity": _APART,
            },
            values=values,
            skip_crds=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=defined),
        )
        self.register_outputs({})
