"""What the components of AWS take of one another: Inputs, which a program with its own may write by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from slipway.eks.network_settings import HOME_ZONES


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkWires:
    """A VPC with private subnets.

    Attributes:
        vpc: id of the VPC.
        subnets: ids of the private subnets by zone; the control plane is in the first two, for ever.
        route_tables: ids of the subnets' route tables, where something is to be reached past NAT.
        ready: what a node needs before it can pull an image.
    """

    vpc: pulumi.Input[str]
    subnets: Mapping[str, pulumi.Input[str]]
    route_tables: Sequence[pulumi.Input[str]] = ()
    ready: Sequence[pulumi.Resource] = ()

    @property
    def home_subnets(self) -> list[pulumi.Input[str]]:
        """Those of the zones in which the control plane is."""
        return list(self.subnets.values())[:HOME_ZONES]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleWires:
    """An IAM role.

    Attributes:
        arn: the role.
        ready: what must exist before the role can do anything.
    """

    arn: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()
