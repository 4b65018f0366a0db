"""The VPC of a cluster: one of its own, with a way out for its private subnets, or one that exists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network

import pulumi
import pulumi_aws as aws

from slipway.eks.network_settings import ExistingNetworkArgs, NetworkArgs, NewNetworkArgs
from slipway.eks.settings import ZONE_LETTERS
from slipway.eks.wires import NetworkWires

DISCOVERY = "karpenter.sh/discovery"
"""Tag by which Karpenter, in clusters that have it, finds subnets and security groups for nodes."""


@dataclass(frozen=True, slots=True)
class ZoneRanges:
    """Addresses of a zone.

    Attributes:
        private: for nodes, pods and the control plane's interfaces.
        public: for the NAT gateway and load balancers.
    """

    private: str
    public: str


def zone_ranges(vpc: str, zones: Iterable[str]) -> dict[str, ZoneRanges]:
    """Return an eighth of the VPC for each zone's private subnet, and a small part of the last eighth for its public.

    The letter of a zone chooses its parts, so that they stay where they are when another zone comes or goes: AWS makes
    a subnet with new addresses before it removes the old one, and refuses addresses that another subnet has.

    Raises:
        ValueError: the VPC is no network or too small for the parts, or a zone is none of a to g.
    """
    whole = ip_network(vpc)
    if not isinstance(whole, IPv4Network):
        raise ValueError(f"{vpc} is no IPv4 network")
    *eighths, last = whole.subnets(prefixlen_diff=3)
    parts = list(last.subnets(prefixlen_diff=5))
    numbers = {zone: ZONE_LETTERS.index(zone[-1]) for zone in zones}
    return {
        zone: ZoneRanges(private=str(eighths[number]), public=str(parts[number])) for zone, number in numbers.items()
    }


class Network(pulumi.ComponentResource):
    """A VPC whose nodes reach the internet through NAT and nothing reaches them.

    Attributes:
        wires: the network for whoever needs it.
    """

    wires: NetworkWires

    def __init__(self, name: str, args: NewNetworkArgs, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("slipway:eks:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.vpc,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": name},
            opts=child,
        )
        gateway = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags={"Name": name}, opts=child)
        ranges = zone_ranges(args.vpc, args.zones)
        private_subnets = {
            zone: _subnet(
                f"{name}-private-{zone}",
                vpc,
                zone,
                ranges[zone].private,
                {"kubernetes.io/role/internal-elb": "1", DISCOVERY: name},
                child,
            )
            for zone in args.zones
        }
        public_subnets = {
            zone: _subnet(
                f"{name}-public-{zone}", vpc, zone, ranges[zone].public, {"kubernetes.io/role/elb": "1"}, child
            )
            for zone in args.zones
        }
        outward = _route_table(f"{name}-public", vpc, {"gateway_id": gateway.id}, child)
        ways_out = [
            _associate(f"{name}-public-{zone}", subnet, outward, child) for zone, subnet in public_subnets.items()
        ]
        after = pulumi.ResourceOptions(parent=self, depends_on=ways_out)
        gateways = {
            zone: _nat_gateway(f"{name}-{zone}", public_subnets[zone], after)
            for zone in (args.zones if args.nat == "zonal" else args.zones[:1])
        }
        routes: list[aws.ec2.RouteTableAssociation] = []
        for zone, subnet in private_subnets.items():
            nat = gateways.get(zone) or gateways[args.zones[0]]
            table = _route_table(f"{name}-private-{zone}", vpc, {"nat_gateway_id": nat.id}, child)
            routes.append(_associate(f"{name}-private-{zone}", subnet, table, child))
        self.wires = NetworkWires(
            vpc=vpc.id,
            subnets={zone: subnet.id for zone, subnet in private_subnets.items()},
            route_tables=[route.route_table_id for route in routes],
            ready=routes,
        )
        self.register_outputs({"vpc": vpc.id})


def network_wires(name: str, args: NetworkArgs, *, opts: pulumi.ResourceOptions | None = None) -> NetworkWires:
    """Return the network that a person decides on: one that exists as it is, or else a `Network`."""
    if isinstance(args, ExistingNetworkArgs):
        vpc = args.existing
        return NetworkWires(vpc=vpc.vpc, subnets={zone: subnet.id for zone, subnet in vpc.subnets.items()})
    return Network(name, args, opts=opts).wires


def _subnet(
    name: str, vpc: aws.ec2.Vpc, zone: str, cidr: str, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> aws.ec2.Subnet:
    return aws.ec2.Subnet(
        name,
        vpc_id=vpc.id,
        availability_zone=zone,
        cidr_block=cidr,
        tags={"Name": name, **tags},
        opts=opts,
    )


def _nat_gateway(name: str, subnet: aws.ec2.Subnet, opts: pulumi.ResourceOptions) -> aws.ec2.NatGateway:
    address = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=opts)
    return aws.ec2.NatGateway(name, allocation_id=address.id, subnet_id=subnet.id, tags={"Name": name}, opts=opts)


def _route_table(
    name: str, vpc: aws.ec2.Vpc, way_out: aws.ec2.RouteTableRouteArgsDict, opts: pulumi.ResourceOptions
) -> aws.ec2.RouteTable:
    """Return a table with one way out; the VPC's own range is routed without being named."""
    return aws.ec2.RouteTable(
        name, vpc_id=vpc.id, routes=[{"cidr_block": "0.0.0.0/0", **way_out}], tags={"Name": name}, opts=opts
    )


def _associate(
    name: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable, opts: pulumi.ResourceOptions
) -> aws.ec2.RouteTableAssociation:
    return aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=opts)
