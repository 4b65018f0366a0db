"""Who stays when a node runs out of memory or of room: what autoscaling needs, then servers, then everybody else."""

import pulumi
import pulumi_kubernetes as k8s

SIGNALS = 1_000_000
SERVERS = 100_000
"""Values; what states no class has 0."""


class Priorities(pulumi.ComponentResource):
    """Classes of a stack's own: GKE keeps those of Kubernetes to kube-system.

    Servers push nobody out, since their nodes may be somebody else's, too.

    Attributes:
        signals: name of the class of whatever stands between a signal and its autoscaler.
        servers: name of that of servers' pods.
    """

    signals: pulumi.Output[str]
    servers: pulumi.Output[str]

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:addons:Priorities", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        signals = k8s.scheduling.v1.PriorityClass(
            f"{name}-signals",
            metadata={"name": f"{name}-signals"},
            value=SIGNALS,
            description="What stands between signals and autoscalers",
            opts=child,
        )
        servers = k8s.scheduling.v1.PriorityClass(
            f"{name}-servers",
            metadata={"name": f"{name}-servers"},
            value=SERVERS,
            preemption_policy="Never",
            description="Model servers",
            opts=child,
        )
        self.signals, self.servers = signals.metadata["name"], servers.metadata["name"]
        self.register_outputs({})
