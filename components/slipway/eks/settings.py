"""What a person decides about an EKS cluster. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from slipway.catalog.eks_releases import EksVersion
from slipway.checks.settings import DnsLabel, Nodes, Positive, Replicas, Settings

Cidr = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", examples=["10.0.0.0/16"])]
ZONE_LETTERS = "abcdefg"
"""What zones end in: AWS has none beyond f, and a VPC has an eighth for each of so many."""
Zone = Annotated[str, Field(pattern=rf"^[a-z]+(-[a-z]+)+-\d[{ZONE_LETTERS}]$", examples=["us-east-1a"])]

PoolName = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=40, examples=["l40s"])]
"""A node group's name takes 63 characters, of which Pulumi's suffix needs some."""


IDLE_MINUTES = 10
"""How long a node must be empty before it goes: a new one takes minutes to have its image."""


KmsKey = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[-0-9a-z]{1,64}$",
        examples=["arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"],
    ),
]
"""ARN of a key of AWS KMS."""


def region_of(zone: str) -> str:
    """Return the region of a zone: `us-east-1` for `us-east-1a`."""
    return zone[:-1]


class OnDemand(Settings):
    """Nodes that run until they are deleted, from the account's on-demand quota."""

    type: Literal["on-demand"]


class Spot(Settings):
    """Cheaper nodes that AWS can take back with two minutes' notice."""

    type: Literal["spot"]


class Reservation(Settings):
    """Nodes of an On-Demand Capacity Reservation that exists already."""

    type: Literal["reservation"]
    id: str = Field(pattern=r"^cr-[0-9a-f]{8,17}$", examples=["cr-0123456789abcdef0"])
    """Id of the reservation, which is for the pool's instance type and in its zone."""
    nodes: Positive | None = None
    """How many machines it has; not judged when left out."""


class CapacityBlock(Settings):
    """Nodes of a Capacity Block for ML that has been bought already; they end with it."""

    type: Literal["capacity-block"]
    id: str = Field(pattern=r"^cr-[0-9a-f]{8,17}$", examples=["cr-0123456789abcdef0"])
    """Id of the block's reservation, which is for the pool's instance type and in its zone."""
    nodes: Positive | None = None
    """How many machines it has; not judged when left out."""


Capacity = Annotated[OnDemand | Spot | Reservation | CapacityBlock, Field(discriminator="type")]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


InstanceTypes = Annotated[
    tuple[str, ...], BeforeValidator(_listed, str | list[str]), Field(min_length=1, examples=["g6e.xlarge"])
]


class GpuPoolArgs(Settings):
    """Nodes alike that carry GPUs."""

    instance_type: InstanceTypes
    """EC2 instance type, one of the catalog's, or a list of some: whichever AWS has is taken, the first one first, and
    servers must fit each of them."""
    capacity: Capacity
    """How the nodes are paid for and found."""
    min_nodes: Nodes
    """Nodes that are kept even when idle; 0 with a capacity block, which has a beginning."""
    max_nodes: Replicas
    """Most nodes, over all zones."""
    root_volume_gib: int = Field(ge=40, le=16384, examples=[150])
    """Size of a node's root disk, GiB: it holds images and the models that pods download, but on p families these lie
    on the machine's own disks, as one RAID 0."""
    zones: tuple[Zone, ...] = ()
    """Zones of the nodes, some of the network's; its first two when left out. The names of zones mean other places in
    another account: `aws ec2 describe-instance-type-offerings --location-type availability-zone` says where yours can
    have the machine."""
    efa: bool = False
    """Whether nodes get all of the machine's EFA interfaces, for replicas that span nodes; in one zone then."""


class SystemPoolArgs(Settings):
    """Nodes without accelerators, for monitoring, the metric adapter and the load clients."""

    instance_type: str = "m7i.xlarge"
    """EC2 instance type."""
    min_nodes: Replicas = 2
    """Fewest nodes."""
    max_nodes: Replicas = 4
    """Most nodes."""
    zones: tuple[Zone, ...] = ()
    """Zones of the nodes, some of the network's; its first two when left out."""


class ClusterAutoscalerArgs(Settings):
    """Node groups of fixed machines, resized by the Cluster Autoscaler."""

    type: Literal["cluster-autoscaler"]


class KarpenterArgs(Settings):
    """GPU nodes made one by one, by Karpenter. The system pool keeps its minNodes: nobody resizes it."""

    type: Literal["karpenter"]


NodeAutoscaler = Annotated[ClusterAutoscalerArgs | KarpenterArgs, Field(discriminator="type")]


class SharedStorageArgs(Settings):
    """A file system that all pods of the servers share: what one of them downloads or builds, the others find."""

    expected_gib: Positive
    """How much it will hold, GiB, for the cost: it grows and shrinks with its files."""
    keep_on_destroy: bool
    """Whether `pulumi destroy` leaves the file system in the account, with everything in it."""


class MountedBucketArgs(Settings):
    """A bucket of S3 that exists already, in the region of the stack. All pods of the servers mount it; nothing else of
    it is changed."""

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", examples=["our-models"])
    """Its name, without a dot: the files of each model lie beneath the model's name, `<bucket>/Qwen/Qwen3-32B/`, and
    nothing is downloaded."""
    read_only: Literal[True] = True
    """Pods only read it: S3 as a file system knows no locks, and no changes of a file."""


class ClusterArgs(Settings):
    """The cluster, who reaches it and its nodes."""

    provider: Literal["eks"]

    version: EksVersion
    """Kubernetes version; the pinned EKS add-ons, nodes' images and Cluster Autoscaler are those for it. EKS goes up
    one version at a time, and never down."""
    public_access: dict[DnsLabel, Cidr] = Field(max_length=40, examples=[{"ours": "203.0.113.0/24"}])
    """Who may reach the control plane from outside the VPC: a name for each range. `{}` closes it: Pulumi then has to
    run inside the VPC. `0.0.0.0/0` opens it to everybody."""
    administrators: dict[
        DnsLabel,
        Annotated[
            str,
            Field(
                pattern=r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+$",
                examples=["arn:aws:iam::123456789012:role/platform"],
            ),
        ],
    ] = Field(default_factory=dict[str, str])
    """Further IAM roles and users that administer the cluster, by a name of your choice; whoever creates it does
    already and must not be listed."""
    deletion_protection: bool
    """Whether AWS refuses to delete the cluster. Turn it off in an update of its own before a destroy."""
    log_days: Literal[7, 14, 30, 60, 90, 180, 365] = 30
    """Days for which the control plane's logs are kept."""
    system_pool: SystemPoolArgs = SystemPoolArgs()
    """Nodes for everything that needs no accelerator."""
    node_autoscaler: NodeAutoscaler = ClusterAutoscalerArgs(type="cluster-autoscaler")
    """Who adds and removes GPU nodes."""
    pools: dict[PoolName, GpuPoolArgs] = Field(min_length=1)
    """GPU node pools by name."""
