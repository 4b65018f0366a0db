"""What a person decides about the network of an EKS cluster. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from slipway.checks.settings import Settings, there_or_new
from slipway.eks.settings import Cidr, Zone

HOME_ZONES = 2
"""Zones of the control plane, of which EKS wants two or more."""

SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$", examples=["subnet-0123456789abcdef0"])]


class NewNetworkArgs(Settings):
    """The cluster's own VPC: a public and a private subnet in each zone, nodes in the private ones."""

    zones: tuple[Zone, ...] = Field(min_length=2, max_length=6, examples=[["us-east-1a", "us-east-1b"]])
    """Zones of one region that offer the pools' instance types. The control plane is in the first two for as long as
    the cluster exists, and so are all nodes that are told no zones; add and remove others behind them."""
    vpc: Cidr = "10.0.0.0/16"
    """Range of the VPC, a /16 to a /20, of which each zone's nodes and pods get an eighth."""
    nat: Literal["single", "zonal"]
    """`single` sends all zones through one NAT gateway, `zonal` gives each zone its own: dearer, outlives a zone."""

    @property
    def home_zones(self) -> tuple[str, ...]:
        """The zones of the control plane: EKS takes no subnet in another one later
        (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html)."""
        return self.zones[:HOME_ZONES]

    @property
    def public_zones(self) -> tuple[str, ...]:
        """Zones with a public subnet."""
        return self.zones

    @property
    def nat_gateways(self) -> int:
        """How many of them the stack makes."""
        return len(self.zones) if self.nat == "zonal" else 1

    @property
    def ranges(self) -> tuple[str, ...]:
        """Ranges of the VPC."""
        return (self.vpc,)


class ExistingSubnet(Settings):
    """A private subnet."""

    id: SubnetId
    """Its id."""
    range: Cidr | None = None
    """Its addresses, of which nodes and pods have theirs; not judged when left out."""


class ExistingVpc(Settings):
    """A VPC that exists already; nothing of it is changed, and no NAT gateway, endpoint or tag is made.

    Its owner sees to a way out of the private subnets, to DNS names and DNS support of the VPC, and, where servers read
    weights in S3, to a gateway endpoint for it.
    """

    vpc: str = Field(pattern=r"^vpc-[0-9a-f]{8,17}$", examples=["vpc-0123456789abcdef0"])
    """Its id."""
    ranges: tuple[Cidr, ...] = Field(min_length=1, examples=[["10.0.0.0/16"]])
    """Its ranges; load balancers have addresses of them."""
    subnets: dict[Zone, ExistingSubnet] = Field(
        min_length=2,
        max_length=6,
        examples=[{"us-east-1a": {"id": "subnet-0123456789abcdef0"}, "us-east-1b": {"id": "subnet-0123456789abcdef1"}}],
    )
    """Private subnets by zone. The control plane is in the first two for as long as the cluster exists, and so are all
    nodes that are told no zones."""
    public_subnets: dict[Zone, SubnetId] = Field(
        default_factory=dict[str, str], examples=[{"us-east-1a": "subnet-0fedcba9876543210"}]
    )
    """Public subnets by zone, for public load balancers, which are in two or more."""


class ExistingNetworkArgs(Settings):
    """A network that somebody else has made."""

    existing: ExistingVpc
    """The VPC that the cluster uses."""

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones of its private subnets."""
        return tuple(self.existing.subnets)

    @property
    def home_zones(self) -> tuple[str, ...]:
        """The zones of the control plane."""
        return self.zones[:HOME_ZONES]

    @property
    def public_zones(self) -> tuple[str, ...]:
        """Zones with a public subnet."""
        return tuple(self.existing.public_subnets)

    @property
    def nat_gateways(self) -> int:
        """How many of them the stack makes."""
        return 0

    @property
    def ranges(self) -> tuple[str, ...]:
        """Ranges of the VPC."""
        return self.existing.ranges


NetworkArgs = Annotated[
    Annotated[NewNetworkArgs, Tag("new")] | Annotated[ExistingNetworkArgs, Tag("there")], there_or_new("existing")
]
"""The network of the cluster: a VPC of the stack's own, or one that exists."""
