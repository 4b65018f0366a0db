"""Judgement over an EKS cluster, its pools and what is around them."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from catalog.drivers import EKS_DRIVER
from checks import Finding
from checks.placement import bound_findings, efa_findings, karpenter_findings, machine_findings
from components.eks.settings import GpuPoolArgs, KarpenterArgs, region_of
from components.serving.settings import ClusterOnly
from stacks.charts import value_findings
from stacks.clusters.eks import EksStack
from stacks.clusters.eks.prices import taken
from stacks.stack import known

VPC_PREFIXES = range(16, 21)
"""AWS makes VPCs of a /16 at most; of less than a /20, an eighth has too few addresses for pods."""


def findings(stack: EksStack) -> Iterator[Finding]:
    """Yield everything that is wrong, in the order of the stack file."""
    yield from _network_findings(stack)
    yield from _system_findings(stack)
    for name, pool in stack.cluster.pools.items():
        yield from _pool_findings(stack, name, pool)
    yield from stack.quota.findings(taken(stack))
    yield from value_findings(stack, stack.values, installed=_charts(stack), own_cluster=True, driver=EKS_DRIVER)


def _charts(stack: EksStack) -> list[str]:
    """Return the keys of charts that go with the cluster's nodes and load balancers."""
    exposed = any(not isinstance(server.exposure, ClusterOnly) for server in stack.servers.values())
    wanted = {
        "karpenter": _by_karpenter(stack),
        "cluster_autoscaler": not _by_karpenter(stack),
        "efa_device_plugin": any(pool.efa for pool in stack.cluster.pools.values()),
        "load_balancer_controller": exposed,
    }
    return [key for key, installed in wanted.items() if installed]


def _network_findings(stack: EksStack) -> list[Finding]:
    network = stack.network
    findings = [
        Finding(
            "cluster.network",
            "network.zones",
            f"{zone!r} is not in {stack.region}, as the first is",
            "name zones of one region",
        )
        for zone in network.zones
        if region_of(zone) != stack.region
    ]
    if len(set(network.zones)) < len(network.zones):
        findings.append(Finding("cluster.network", "network.zones", "names a zone twice", "name each zone once"))
    try:
        prefix = IPv4Network(network.vpc).prefixlen
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        findings.append(
            Finding("cluster.network", "network.vpc", f"{network.vpc!r} is no network: {error}", "write 10.0.0.0/16")
        )
    else:
        if prefix not in VPC_PREFIXES:
            findings.append(
                Finding(
                    "cluster.network",
                    "network.vpc",
                    f"/{prefix} is not between /{VPC_PREFIXES[0]} and /{VPC_PREFIXES[-1]}: AWS has no larger VPC, and "
                    "in a smaller one an eighth has too few addresses for a zone's pods",
                    "write 10.0.0.0/16",
                )
            )
    return findings


def _system_findings(stack: EksStack) -> list[Finding]:
    system = stack.cluster.system_pool
    if _by_karpenter(stack) and system.max_nodes > system.min_nodes:
        return [
            Finding(
                "cluster.system",
                "cluster.systemPool.maxNodes",
                f"{system.max_nodes} nodes are never reached: Karpenter makes GPU nodes, and resizes no node group",
                f"write {system.min_nodes}, or raise minNodes to what monitoring needs",
                "warning",
            )
        ]
    if system.max_nodes >= system.min_nodes:
        return []
    return [
        Finding(
            "cluster.system",
            "cluster.systemPool.maxNodes",
            f"{system.max_nodes} is below minNodes {system.min_nodes}",
            f"raise maxNodes to {system.min_nodes} or lower minNodes",
        )
    ]


def _pool_findings(stack: EksStack, name: str, pool: GpuPoolArgs) -> list[Finding]:
    path, zones, purchase = f"cluster.pools.{name}", stack.zones(pool), pool.capacity.type
    return [
        *machine_findings(path, pool.instance_type, purchase, provider="eks", machine_key="instanceType"),
        *(
            Finding(
                "placement.zone-elsewhere",
                f"{path}.zones",
                f"{zone!r} is not a zone of the network, which has subnets in {', '.join(stack.network.zones)}",
                "use some of these, or add it to network.zones",
                about="network.zones",
            )
            for zone in pool.zones
            if zone not in stack.network.zones
        ),
        *bound_findings(path, purchase=purchase, min_nodes=pool.min_nodes, max_nodes=pool.max_nodes, zones=zones),
        *(efa_findings(path, known(pool.instance_type, "eks"), purchase, zones) if pool.efa else []),
        *(karpenter_findings(path, pool.min_nodes) if _by_karpenter(stack) else []),
        *_mixed_findings(path, pool),
    ]


def _mixed_findings(path: str, pool: GpuPoolArgs) -> Iterator[Finding]:
    """Say what nodes of several instance types cannot have."""
    if len(pool.instance_type) == 1:
        return
    if pool.capacity.type not in ("on-demand", "spot"):
        message = f"{len(pool.instance_type)} instance types, and a {pool.capacity.type} is for one"
        yield Finding("placement.mixed-reservation", f"{path}.instanceType", message, "write that one")
    if pool.efa:
        message = f"{len(pool.instance_type)} instance types, and the EFA interfaces of a node are those of one"
        yield Finding("placement.mixed-efa", f"{path}.instanceType", message, "write one")
    machines = known(pool.instance_type, "eks")
    if len({machine.images_on_local_disks for machine in machines}) > 1:
        message = "some of these keep images on disks of their own and some on the root disk"
        yield Finding("placement.mixed-disks", f"{path}.instanceType", message, "give each kind a pool")


def _by_karpenter(stack: EksStack) -> bool:
    return isinstance(stack.cluster.node_autoscaler, KarpenterArgs)
