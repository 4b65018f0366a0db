"""Clusters, and pools of nodes for clusters that are there already."""

from typing import Any, NotRequired, TypedDict

import pulumi
from hosted import Hosted, keys
from pydantic import TypeAdapter

from slipway.catalog.eks_releases import EKS_RELEASES
from slipway.eks import cluster as eks
from slipway.eks import gpu_pool
from slipway.eks import settings as eks_settings
from slipway.eks.wires import NetworkWires as Vpc
from slipway.eks.wires import RoleWires
from slipway.gke import accelerator_pool
from slipway.gke import cluster as gke
from slipway.gke import settings as gke_settings
from slipway.gke.wires import IdentityWires, NetworkWires, ProjectWires

_GKE: TypeAdapter[gke_settings.ClusterArgs] = TypeAdapter(gke_settings.ClusterArgs)


class GkeProject(TypedDict):
    """A project of Google Cloud whose APIs are on."""

    id: str
    """Its id."""
    number: pulumi.Input[str]
    """Its number."""


class GkeNetwork(TypedDict):
    """A VPC with a subnet for a cluster."""

    network: pulumi.Input[str]
    """Id of the VPC."""
    subnetwork: pulumi.Input[str]
    """Id of the subnet."""
    nodes: str
    """The subnet's range."""
    pods: pulumi.Input[str]
    """Name of its secondary range for pods."""
    services: pulumi.Input[str]
    """Name of that for Services."""


class GkeClusterArgs(TypedDict):
    """A cluster, and where it is to be."""

    cluster: dict[str, Any]
    """What stands beneath `cluster` in a stack file, without `provider`; of its pools none is made."""
    project: GkeProject
    """The project."""
    network: GkeNetwork
    """The network."""
    nodes_email: pulumi.Input[str]
    """The service account that its nodes are."""


class GkeCluster(Hosted):
    """A private GKE cluster in a network that is there already."""

    name: pulumi.Output[str]
    """Its name."""
    cluster_id: pulumi.Output[str]
    """The cluster, as node pools name it."""
    credentials_command: pulumi.Output[str]
    """What a person runs to reach it with kubectl."""

    def __init__(self, name: str, args: GkeClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = gke.GkeCluster(
            name,
            _GKE.validate_python({"provider": "gke", **keys(args["cluster"])}),
            project=ProjectWires(**args["project"]),
            network=NetworkWires(**args["network"]),
            identity=IdentityWires(email=args["nodes_email"]),
            opts=self.child,
        )
        self.name, self.cluster_id, self.credentials_command = made.name, made.id, made.credentials_command
        self.register_outputs({"name": self.name, "clusterId": self.cluster_id})


class AcceleratorPoolArgs(TypedDict):
    """A pool, and the cluster that gets it."""

    pool: dict[str, Any]
    """What stands beneath a pool's name in the stack file of a Standard cluster."""
    cluster: pulumi.Input[str]
    """Id of the cluster."""
    zones: list[str]
    """Zones of the nodes."""
    email: pulumi.Input[str]
    """The service account that they are."""


class AcceleratorPool(Hosted):
    """Nodes of GKE with TPU chips or GPUs, with the label `slipway.dev/pool` and the component's name as its value."""

    pools: pulumi.Output[list[str]]
    """Names of the node pools: one, or one a slice."""

    def __init__(self, name: str, args: AcceleratorPoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = accelerator_pool.AcceleratorPool(
            name,
            gke_settings.StandardPoolArgs.model_validate(keys(args["pool"])),
            cluster=args["cluster"],
            zones=args["zones"],
            email=args["email"],
            opts=self.child,
        )
        self.pools = pulumi.Output.all(*(each.name for each in made.nodes))
        self.register_outputs({"pools": self.pools})


class EksNetwork(TypedDict):
    """A VPC with private subnets."""

    vpc: pulumi.Input[str]
    """Id of the VPC."""
    subnets: dict[str, pulumi.Input[str]]
    """Ids of the private subnets by zone; the control plane is in the first two."""


class EksClusterArgs(TypedDict):
    """A cluster, and where it is to be."""

    cluster: dict[str, Any]
    """What stands beneath `cluster` in a stack file, without `provider`; of its pools none is made."""
    region: str
    """The region."""
    profile: NotRequired[str]
    """Profile of the AWS CLI by which people and Pulumi reach the cluster."""
    network: EksNetwork
    """The network."""


class EksCluster(Hosted):
    """An EKS cluster with system nodes in a network that is there already."""

    name: pulumi.Output[str]
    """Its name."""
    security_group: pulumi.Output[str]
    """That of the control plane and of every node."""
    node_role: pulumi.Output[str]
    """ARN of what node groups run as."""

    def __init__(self, name: str, args: EksClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = eks.EksCluster(
            name,
            eks_settings.ClusterArgs.model_validate({"provider": "eks", **keys(args["cluster"])}),
            region=args["region"],
            profile=args.get("profile"),
            network=Vpc(**args["network"]),
            opts=self.child,
        )
        self.name, self.security_group, self.node_role = made.name, made.security_group, made.node_role.arn
        self.register_outputs({"name": self.name})


class GpuNodePoolArgs(TypedDict):
    """A pool, and the cluster that gets it."""

    pool: dict[str, Any]
    """What stands beneath a pool's name in a stack file."""
    cluster: str
    """Name of the cluster."""
    version: str
    """Its Kubernetes version, which decides the nodes' image."""
    security_group: pulumi.Input[str]
    """That of the control plane and of every node."""
    role: pulumi.Input[str]
    """ARN of what the nodes run as."""
    vpc: pulumi.Input[str]
    """Id of the VPC."""
    subnets: list[pulumi.Input[str]]
    """Ids of the nodes' subnets."""


class GpuNodePool(Hosted):
    """Nodes of EKS with GPUs, with the label `slipway.dev/pool` and the component's name as its value."""

    node_group: pulumi.Output[str]
    """ARN of the node group."""

    def __init__(self, name: str, args: GpuNodePoolArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        releases = {str(version): release for version, release in EKS_RELEASES.items()}
        made = gpu_pool.GpuNodePool(
            name,
            eks_settings.GpuPoolArgs.model_validate(keys(args["pool"])),
            cluster=args["cluster"],
            cluster_name=args["cluster"],
            security_group=args["security_group"],
            role=RoleWires(arn=args["role"]),
            vpc=args["vpc"],
            subnets=args["subnets"],
            release=releases[args["version"]],
            opts=self.child,
        )
        self.node_group = made.node_group.arn
        self.register_outputs({"nodeGroup": self.node_group})
