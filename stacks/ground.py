"""What a cluster gives to the servers that are put on it. It loads the Kubernetes SDK."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pulumi

from slipway.addons.priorities import Priorities
from slipway.serving.autoscaling import MetricsPath
from slipway.serving.service import LoadBalancers
from slipway.serving.site import Storage
from slipway.workload import Nodes, Volumes

if TYPE_CHECKING:
    from stacks.outputs import ClusterOutputs


class Ground(ABC):
    """A cluster with its pools, as far as it is there before servers are.

    Attributes:
        opts: options with the providers through which things in it are made.
        pools: its nodes by the pool's name.
        priorities: which pods outrank which.
        load_balancers: how servers get theirs, where something makes any.
        docker_hub: what goes before the name of an image of Docker Hub.
        injected: what the names of init containers begin with that the cluster adds to pods; none if it adds none.
        device_plugin: what advertises GPUs, where the stack installs it.
        groups: the controller of LeaderWorkerSets, where the stack installs it.
        nim_operator: NVIDIA's NIM operator, where the stack installs it.
        outputs: what people are told of it.
    """

    opts: pulumi.ResourceOptions
    pools: Mapping[str, Nodes]
    priorities: Priorities
    load_balancers: LoadBalancers | None = None
    docker_hub: pulumi.Input[str] = "docker.io/"
    injected: str = ""
    device_plugin: pulumi.Resource | None = None
    groups: pulumi.Resource | None = None
    nim_operator: pulumi.Resource | None = None

    @abstractmethod
    def metrics(self) -> MetricsPath:
        """Create the way of signals to autoscalers."""

    @abstractmethod
    def storage(self, namespace: pulumi.Input[str]) -> Storage:
        """Create where servers of a namespace keep the files of their models."""

    def bucket_access(self) -> Sequence[pulumi.Resource]:
        """Create what lets pods read what servers name in S3."""
        return ()

    def external_token(self, namespace: pulumi.Input[str]) -> Volumes:
        """Create what mounts a Hugging Face token that a store of the cloud keeps.

        Raises:
            pulumi.RunError: the cloud has none.
        """
        raise pulumi.RunError("nothing here mounts a token of a secret store")

    @abstractmethod
    def observe(self) -> "ClusterOutputs":
        """Create dashboards and alerts; return what people are told of the cluster."""
