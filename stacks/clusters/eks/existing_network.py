"""Judgement over a VPC that exists, and over keys that are to be in its region; how many nodes find addresses."""

from collections.abc import Iterable, Iterator, Mapping

from slipway.checks import Finding
from slipway.checks.names import key_findings
from slipway.checks.networks import overlap_findings, parsed, range_findings
from slipway.eks.network_settings import ExistingVpc
from slipway.serving.exposure import PublicAlb
from stacks.clusters.eks import EksStack

RESERVED_ADDRESSES = 5
"""Of a subnet, those that AWS keeps."""

ADDRESSES_OF_NODE = 20
"""Fewest that a node holds: the VPC CNI keeps one network interface more than its pods need, and the interfaces of no
machine of the catalog have fewer than ten (github.com/aws/amazon-vpc-cni-k8s, WARM_ENI_TARGET)."""

ALB_ZONES = 2
"""Fewest of an Application Load Balancer."""


def most_nodes(stack: EksStack) -> int:
    """Return how many nodes there may be."""
    return stack.cluster.system_pool.max_nodes + sum(pool.max_nodes for pool in stack.cluster.pools.values())


def room_for_nodes(subnets: Iterable[int]) -> int:
    """Return how many nodes find addresses in subnets of these sizes."""
    return sum(addresses - RESERVED_ADDRESSES for addresses in subnets) // ADDRESSES_OF_NODE


def existing_findings(stack: EksStack, vpc: ExistingVpc) -> Iterator[Finding]:
    """Yield what is wrong with what is said of a VPC that exists."""
    path = "network.existing"
    ranges = {f"{path}.ranges.{index}": text for index, text in enumerate(vpc.ranges)}
    subnets = {f"{path}.subnets.{zone}.range": each.range for zone, each in vpc.subnets.items() if each.range}
    for where, text in {**ranges, **subnets}.items():
        yield from range_findings(where, text)
    yield from overlap_findings(ranges)
    yield from overlap_findings(subnets)
    yield from _outside(vpc, subnets)
    yield from _twice(path, vpc)
    sizes = [network.num_addresses for text in subnets.values() if (network := parsed(text))]
    room, nodes = room_for_nodes(sizes), most_nodes(stack)
    if len(sizes) == len(vpc.subnets) and nodes > room:
        message = (
            f"the subnets have addresses for {room} nodes, {ADDRESSES_OF_NODE} each with those of their pods, and "
            f"there may be {nodes}"
        )
        yield Finding("networks.nodes", f"{path}.subnets", message, "name larger or more subnets, or lower maxNodes")
    public = [name for name, server in stack.servers.items() if isinstance(server.exposure, PublicAlb)]
    if public and len(vpc.public_subnets) < ALB_ZONES:
        message = f"{len(vpc.public_subnets)} are named, and the public load balancer of {public[0]} is in two or more"
        remedy = "name public subnets in two zones, with a route to an internet gateway, or expose nothing in public"
        yield Finding("networks.public-subnets", f"{path}.publicSubnets", message, remedy)


def encryption_findings(stack: EksStack) -> Iterator[Finding]:
    """Judge the keys that exist."""
    keys = stack.encryption
    for name, key in {"secrets": keys.secrets, "sharedStorage": keys.shared_storage}.items():
        if key:
            yield from key_findings(f"encryption.{name}", key, key.split(":")[3], stack.region)
    if keys.shared_storage and not stack.shared_storage:
        message = "encrypts storage that servers share, and the stack has none"
        yield Finding("storage.key-unused", "encryption.sharedStorage", message, "leave it out, or add sharedStorage")


def _outside(vpc: ExistingVpc, subnets: Mapping[str, str]) -> Iterator[Finding]:
    whole = [network for text in vpc.ranges if (network := parsed(text))]
    for where, text in subnets.items():
        network = parsed(text)
        if network and len(whole) == len(vpc.ranges) and not any(network.subnet_of(each) for each in whole):
            message = f"{text} is no part of the VPC, which has {', '.join(vpc.ranges)}"
            yield Finding("networks.outside", where, message, "correct it, or add the VPC's other range to ranges")


def _twice(path: str, vpc: ExistingVpc) -> Iterator[Finding]:
    named = [
        *((f"subnets.{zone}.id", each.id) for zone, each in vpc.subnets.items()),
        *((f"publicSubnets.{zone}", each) for zone, each in vpc.public_subnets.items()),
    ]
    seen: set[str] = set()
    for where, each in named:
        if each in seen:
            message = f"{each} stands twice, and a subnet is in one zone, private or public"
            yield Finding("networks.subnet-twice", f"{path}.{where}", message, "name the subnet of this zone")
        seen.add(each)
