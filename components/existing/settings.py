"""What a person says about a cluster that is there already. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from checks.settings import Positive, Settings
from components.eks.settings import PoolName


class Context(Settings):
    """A context of the kubeconfig of whoever runs Pulumi: `KUBECONFIG`, or else `~/.kube/config`."""

    source: Literal["context"]
    context: str | None = Field(default=None, min_length=1)
    """Name of the context; the current one when left out, which `kubectl config current-context` prints."""


class Kubeconfig(Settings):
    """A kubeconfig of the stack's own, in the Pulumi secret `slipway:kubeconfig`."""

    source: Literal["pulumi"]


class ExistingPoolArgs(Settings):
    """GPU nodes alike that the cluster has, or that its own autoscaler adds."""

    instance_type: str = Field(examples=["g6e.xlarge"])
    """EC2 instance type of the nodes, one of the catalog's; a machine with the same GPUs counts as it."""
    node_selector: dict[str, str] = Field(min_length=1, examples=[{"node.kubernetes.io/instance-type": "g6e.xlarge"}])
    """Labels that these nodes have and no others."""
    max_nodes: Positive
    """Most nodes that there can be."""
    disk_gib: Positive
    """Disk of a node for images and models, GiB."""
    driver: int | None = Field(default=None, ge=450, examples=[580])
    """Branch of the NVIDIA driver on the nodes, which `nvidia-smi` prints; not judged when left out."""


class ExistingClusterArgs(Settings):
    """The cluster, how it is reached, and what it has already."""

    access: Annotated[Context | Kubeconfig, Field(discriminator="source")]
    """How Pulumi reaches it."""
    pools: dict[PoolName, ExistingPoolArgs] = Field(min_length=1)
    """GPU nodes by a name of your choice."""
    present: tuple[Literal["aws-load-balancer-controller", "gpu-operator", "metrics-server", "nim-operator"], ...] = ()
    """Add-ons that the cluster has; Slipway installs the others, except for the AWS Load Balancer Controller, which is
    needed if a server is exposed. The GPU operator stands for any device plugin of NVIDIA."""
    storage_class: str | None = Field(default=None, min_length=1)
    """StorageClass of the volume that Prometheus keeps its series on; the cluster's default when left out."""
