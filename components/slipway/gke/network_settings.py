"""What a person decides about the network of a GKE cluster. Plain data: importing it loads no cloud SDK."""

from typing import Annotated

from pydantic import Field, Tag

from slipway.checks.settings import Settings, there_or_new
from slipway.gke.settings import Cidr

_PROJECT = r"projects/[a-z][-a-z0-9:.]{4,61}[a-z0-9]"
_NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"


class NewNetworkArgs(Settings):
    """Address ranges of the cluster's own VPC; they may not overlap anything that is peered with it."""

    nodes: Cidr = "10.0.0.0/20"
    """Range of the nodes."""
    pods: Cidr = "10.16.0.0/14"
    """Range of the pods: a /24 for each node, so a /14 holds 1024 nodes."""
    services: Cidr = "10.20.0.0/20"
    """Range of the Services' cluster addresses."""


class SecondaryRange(Settings):
    """A secondary range of a subnet, which no other cluster uses for its pods."""

    name: str = Field(pattern=rf"^{_NAME}$", examples=["pods"])
    """Its name."""
    range: Cidr | None = None
    """Its addresses; not judged when left out."""


class ExistingSubnet(Settings):
    """A subnet of a VPC that exists already, of a Shared VPC, too; nothing of it is changed.

    Nodes are private: its owner sees to Cloud NAT or another way out, and to Private Google Access. In a Shared VPC
    GKE's service agent needs roles/container.hostServiceAgentUser on the host project and roles/compute.networkUser on
    the subnet.
    """

    network: str = Field(
        pattern=rf"^{_PROJECT}/global/networks/{_NAME}$", examples=["projects/our-network/global/networks/shared"]
    )
    """The VPC, by its id, which names the project that has it."""
    subnetwork: str = Field(
        pattern=rf"^{_PROJECT}/regions/{_NAME}/subnetworks/{_NAME}$",
        examples=["projects/our-network/regions/us-east5/subnetworks/models"],
    )
    """The subnet, by its id; it is in the cluster's region."""
    nodes: Cidr
    """The subnet's primary range, which nodes have."""
    pods: SecondaryRange
    """The secondary range of the pods: a /24 for each node."""
    services: SecondaryRange
    """The secondary range of the Services' cluster addresses."""

    @property
    def project(self) -> str:
        """The project that has the VPC, and so its firewall rules."""
        return self.network.split("/")[1]


class ExistingNetworkArgs(Settings):
    """A network that somebody else has made."""

    existing: ExistingSubnet
    """The subnet that the cluster uses."""


NetworkArgs = Annotated[
    Annotated[NewNetworkArgs, Tag("new")] | Annotated[ExistingNetworkArgs, Tag("there")], there_or_new("existing")
]
"""The network of the cluster: a VPC of the stack's own, or one that exists."""
