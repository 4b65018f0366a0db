"""Judgement over the settings of an `eks-gpu` stack: everything that can be known before it exists."""

from collections.abc import Iterator
from datetime import date
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from catalog.drivers import EKS_DRIVER
from catalog.quotas import counted, ec2_quota, quota_of, standard_vcpus
from checks import Finding
from checks.driver import operator_findings
from checks.placement import bound_findings, efa_findings, karpenter_findings, machine_findings
from checks.quota import Taken
from components.eks.settings import CapacityBlock, GpuPoolArgs, KarpenterArgs, Reservation, region_of
from stacks.eks_gpu import EksGpu
from stacks.eks_gpu.figures import cost_of
from stacks.gpu.checks import key_findings, server_findings
from stacks.surroundings import Surroundings

VPC_PREFIXES = range(16, 21)
"""AWS makes VPCs of a /16 at most; of less than a /20, an eighth has too few addresses for pods."""


def judge(settings: EksGpu, surroundings: Surroundings) -> list[Finding]:
    """Return everything that is wrong with the settings, in the order of the stack file."""
    return [
        *key_findings(settings, surroundings),
        *_network_findings(settings),
        *_system_findings(settings),
        *(finding for name, pool in settings.cluster.pools.items() for finding in _pool_findings(settings, name, pool)),
        *settings.quota.findings(list(_taken(settings))),
        *operator_findings("values.gpuOperator", settings.values.gpu_operator, EKS_DRIVER),
        *server_findings(settings),
        *cost_of(settings, date.today()).findings,
    ]


def _network_findings(settings: EksGpu) -> list[Finding]:
    network = settings.network
    findings = [
        Finding(
            "cluster.network",
            "network.zones",
            f"{zone!r} is not in {settings.region}, as the first is",
            "name zones of one region",
        )
        for zone in network.zones
        if region_of(zone) != settings.region
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


def _system_findings(settings: EksGpu) -> list[Finding]:
    system = settings.cluster.system_pool
    if _by_karpenter(settings) and system.max_nodes > system.min_nodes:
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


def _pool_findings(settings: EksGpu, name: str, pool: GpuPoolArgs) -> list[Finding]:
    path, zones = f"cluster.pools.{name}", settings.zones(pool)
    machines = [machine] if (machine := settings.machine(name)) else []
    return [
        *machine_findings(path, [pool.instance_type], pool.capacity.type, provider="eks", machine_key="instanceType"),
        *(
            Finding(
                "cluster.pool",
                f"{path}.zones",
                f"{zone!r} is not a zone of the network, which has subnets in {', '.join(settings.network.zones)}",
                "use some of these, or add it to network.zones",
            )
            for zone in pool.zones
            if zone not in settings.network.zones
        ),
        *bound_findings(
            path, purchase=pool.capacity.type, min_nodes=pool.min_nodes, max_nodes=pool.max_nodes, zones=zones
        ),
        *(efa_findings(path, machines, pool.capacity.type, zones) if pool.efa else []),
        *(karpenter_findings(path, pool.min_nodes) if _by_karpenter(settings) else []),
    ]


def _taken(settings: EksGpu) -> Iterator[Taken]:
    """Yield what nodes take of the account's quotas, where their vCPUs are known."""
    for name, pool in settings.cluster.pools.items():
        if machine := settings.machine(name):
            capacity = pool.capacity
            yield Taken(
                path=f"cluster.pools.{name}",
                quota=quota_of(machine, capacity.type),
                nodes=pool.max_nodes,
                each=counted(machine),
                reserved_nodes=capacity.nodes if isinstance(capacity, Reservation | CapacityBlock) else None,
            )
    system = settings.cluster.system_pool
    if vcpus := standard_vcpus(system.instance_type):
        path, quota = "cluster.systemPool", ec2_quota(system.instance_type, "on-demand")
        yield Taken(path=path, quota=quota, nodes=system.max_nodes, each=vcpus)


def _by_karpenter(settings: EksGpu) -> bool:
    return isinstance(settings.cluster.node_autoscaler, KarpenterArgs)
