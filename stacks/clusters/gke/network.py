"""Judgement over the network of a GKE cluster, over who is let in, and over keys that are to be in its region."""

from collections.abc import Callable, Iterator, Mapping

from slipway.checks import Finding
from slipway.checks.names import key_findings
from slipway.checks.networks import (
    admitted_findings,
    larger_range,
    overlap_findings,
    own_findings,
    parsed,
    range_findings,
)
from slipway.gke.bucket_settings import ExistingBucketArgs
from slipway.gke.network_settings import ExistingNetworkArgs, ExistingSubnet, NewNetworkArgs
from slipway.gke.settings import IpAccess, StandardClusterArgs
from stacks.clusters.gke import GkeStack

PODS_OF_NODE = 256
"""Addresses that GKE gives each node for its 110 pods."""

RESERVED_ADDRESSES = 4
"""Of a subnet, those that Google keeps."""


def network_findings(stack: GkeStack) -> Iterator[Finding]:
    """Yield everything that is wrong, in the order of the stack file."""
    match stack.network:
        case NewNetworkArgs():
            yield from _new(stack, stack.network)
        case ExistingNetworkArgs():
            yield from _existing(stack, stack.network.existing)
    if isinstance(stack.cluster.access, IpAccess):
        given = stack.cluster.access.authorized_networks.items()
        yield from admitted_findings({f"cluster.access.authorizedNetworks.{name}": text for name, text in given})
    yield from _keys(stack)


def _new(stack: GkeStack, network: NewNetworkArgs) -> Iterator[Finding]:
    yield from own_findings("network.nodes", network.nodes, range(8, 30))
    yield from own_findings("network.pods", network.pods, range(8, 22))
    yield from own_findings("network.services", network.services, range(16, 28))
    yield from overlap_findings(
        {"network.nodes": network.nodes, "network.pods": network.pods, "network.services": network.services}
    )
    yield from _size_findings(
        stack,
        ("network.nodes", network.nodes),
        ("network.pods", network.pods),
        lambda addresses, other: larger_range(addresses, (other, network.services)),
    )


def _existing(stack: GkeStack, subnet: ExistingSubnet) -> Iterator[Finding]:
    path = "network.existing"
    _, owner, _, region, *_ = subnet.subnetwork.split("/")
    if owner != subnet.project:
        message = f"{subnet.subnetwork} is of the project {owner}, and its VPC of {subnet.project}"
        remedy = "write what gcloud compute networks subnets describe shows as network, from projects/ on"
        yield Finding("networks.subnet-elsewhere", f"{path}.network", message, remedy)
    if region != stack.region:
        message = f"the subnet is in {region}, and the cluster in {stack.region}"
        remedy = f"name a subnet of {stack.region}"
        yield Finding("networks.subnet-elsewhere", f"{path}.subnetwork", message, remedy)
    if subnet.pods.name == subnet.services.name:
        message = f"{subnet.services.name!r} is the range of the pods, too"
        remedy = "name another secondary range of the subnet"
        yield Finding("networks.range-twice", f"{path}.services.name", message, remedy)
    ranges = _stated(path, subnet)
    for where, text in ranges.items():
        yield from range_findings(where, text)
    yield from overlap_findings(ranges)
    pods = (f"{path}.pods.range", subnet.pods.range or "")
    yield from _size_findings(
        stack, (f"{path}.nodes", subnet.nodes), pods, lambda _addresses, _other: "use a larger range, or fewer nodes"
    )


def _stated(path: str, subnet: ExistingSubnet) -> Mapping[str, str]:
    ranges = {"nodes": subnet.nodes, "pods.range": subnet.pods.range, "services.range": subnet.services.range}
    return {f"{path}.{key}": text for key, text in ranges.items() if text}


def _size_findings(
    stack: GkeStack, own: tuple[str, str], pods: tuple[str, str], remedy: Callable[[int, str], str]
) -> Iterator[Finding]:
    """Say where nodes, or pods of theirs, would find no addresses."""
    nodes = sum(pool.max_nodes for pool in stack.cluster.pools.values())
    if isinstance(stack.cluster, StandardClusterArgs):
        nodes += stack.cluster.system_pool.max_nodes
    (own_path, own_range), (pods_path, pods_range) = own, pods
    if (found := parsed(pods_range)) and (room := found.num_addresses // PODS_OF_NODE) < nodes:
        message = f"{pods_range} has a /24 for {room} nodes, and there may be {nodes}"
        yield Finding("networks.pods", pods_path, message, remedy(nodes * PODS_OF_NODE, own_range))
    if (found := parsed(own_range)) and (room := found.num_addresses - RESERVED_ADDRESSES) < nodes:
        message = f"{own_range} has addresses for {room} nodes, of up to {nodes}"
        yield Finding("networks.nodes", own_path, message, remedy(nodes + RESERVED_ADDRESSES, pods_range))


def _keys(stack: GkeStack) -> Iterator[Finding]:
    keys = stack.encryption
    for name, key in {"secrets": keys.secrets, "weights": keys.weights}.items():
        if key:
            yield from key_findings(f"encryption.{name}", key, key.split("/")[3], stack.region)
    if keys.weights and isinstance(stack.weights, ExistingBucketArgs):
        message = "encrypts a bucket of the stack's own, and weights.bucket names one that exists"
        yield Finding("storage.key-unused", "encryption.weights", message, "leave it out")
