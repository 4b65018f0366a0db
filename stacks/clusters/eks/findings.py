"""Judgement over an EKS cluster, its pools and what is around them."""

import re
from collections.abc import Iterator

from slipway.catalog.drivers import EKS_DRIVER
from slipway.catalog.machines import known
from slipway.catalog.machines.general import ec2_room
from slipway.checks import Finding
from slipway.checks.placement import bound_findings, efa_findings, karpenter_findings, machine_findings, twice_findings
from slipway.eks.settings import GpuPoolArgs, KarpenterArgs, SystemPoolArgs
from slipway.serving.exposure import ClusterOnly
from stacks.charts import value_findings
from stacks.clusters.buckets import bucket_findings, read_only_findings
from stacks.clusters.eks import EksStack
from stacks.clusters.eks.existing_network import encryption_findings
from stacks.clusters.eks.network import network_findings
from stacks.clusters.eks.prices import taken

MOST_XLARGE = 112
"""Of the sizes of instance types (u-24tb1.112xlarge)."""


def findings(stack: EksStack) -> Iterator[Finding]:
    """Yield everything that is wrong, in the order of the stack file."""
    yield from network_findings(stack)
    yield from encryption_findings(stack)
    yield from _system_findings(stack)
    yield from _volume_findings(stack)
    for name, pool in stack.cluster.pools.items():
        yield from _pool_findings(stack, name, pool)
    yield from stack.quota.findings(taken(stack))
    yield from bucket_findings(stack, "s3://")
    yield from read_only_findings(stack)
    if stack.weights and stack.shared_storage:
        message = "servers find all files of their models in the bucket of weights, and nothing is kept here"
        yield Finding("storage.two", "sharedStorage", message, "leave out one of the two")
    machine = stack.cluster.system_pool.instance_type
    yield from value_findings(
        stack,
        stack.values,
        installed=_charts(stack),
        own_cluster=True,
        driver=EKS_DRIVER,
        machine=machine,
        room=ec2_room(machine),
    )


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


def _system_findings(stack: EksStack) -> list[Finding]:
    system = stack.cluster.system_pool
    if found := [*_zone_findings(stack, "cluster.systemPool", system), *_machine_findings(system.instance_type)]:
        return found
    if _by_karpenter(stack) and system.max_nodes > system.min_nodes:
        return [
            Finding(
                "placement.system-bounds",
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
            "placement.system-bounds",
            "cluster.systemPool.maxNodes",
            f"{system.max_nodes} is below minNodes {system.min_nodes}",
            f"raise maxNodes to {system.min_nodes} or lower minNodes",
        )
    ]


def _machine_findings(instance_type: str) -> list[Finding]:
    """Judge what the add-ons run on: the image of the nodes is for x86, and a pod needs an address of its machine."""
    path, (family, _, size) = "cluster.systemPool.instanceType", instance_type.partition(".")
    if not re.fullmatch(r"[a-z]+\d+[a-z-]*", family) or not _is_size(size):
        return [Finding("names.machine", path, f"{instance_type!r} is no instance type", "write m7i.xlarge")]
    if re.fullmatch(r"[a-z]+\d+g[a-z-]*|a1", family):
        message = f"{instance_type} has ARM cores, and the nodes' image is for x86"
        return [Finding("placement.architecture", path, message, "write m7i.xlarge")]
    if re.fullmatch(r"(g|gr|p|inf|trn|dl|vt|f|mac)\d.*", family):
        message = f"{instance_type} has chips that the add-ons do not use, or runs no Linux"
        return [Finding("placement.system-chips", path, message, "write m7i.xlarge")]
    if size in ("nano", "micro", "small", "medium"):
        message = f"{instance_type} has addresses for too few pods, of which the add-ons need some thirty"
        return [Finding("placement.system-size", path, message, "write m7i.xlarge")]
    return []


def _is_size(size: str) -> bool:
    """Whether AWS has instance types of a size."""
    if number := re.fullmatch(r"(\d+)xlarge", size):
        return 1 < int(number[1]) <= MOST_XLARGE
    return bool(re.fullmatch(r"nano|micro|small|medium|x?large|metal(-\d+xl)?", size))


def _volume_findings(stack: EksStack) -> Iterator[Finding]:
    """Say where a volume of Prometheus, which is in one zone, may find no node after one of them goes."""
    system = stack.cluster.system_pool
    zones = len(stack.zones(system))
    if system.min_nodes < zones:
        message = (
            f"{system.min_nodes} nodes are spread over {zones} zones, and each volume of Prometheus is in one of them: "
            "where its node comes back in another, that Prometheus waits, and autoscaling hangs on the other alone"
        )
        remedy = f"write {zones} or more, so that each zone has a node"
        yield Finding("placement.volume-zone", "cluster.systemPool.minNodes", message, remedy, "warning")


def _pool_findings(stack: EksStack, name: str, pool: GpuPoolArgs) -> list[Finding]:
    path, zones, purchase = f"cluster.pools.{name}", stack.zones(pool), pool.capacity.type
    return [
        *machine_findings(path, pool.instance_type, purchase, provider="eks", machine_key="instanceType"),
        *_zone_findings(stack, path, pool),
        *bound_findings(path, purchase=purchase, min_nodes=pool.min_nodes, max_nodes=pool.max_nodes, zones=zones),
        *(efa_findings(path, known(pool.instance_type, "eks"), purchase, zones) if pool.efa else []),
        *(karpenter_findings(path, pool.min_nodes) if _by_karpenter(stack) else []),
        *([_unused(path)] if pool.efa else []),
        *_mixed_findings(path, pool),
    ]


def _zone_findings(stack: EksStack, path: str, pool: GpuPoolArgs | SystemPoolArgs) -> list[Finding]:
    elsewhere = [
        Finding(
            "placement.zone-elsewhere",
            f"{path}.zones",
            f"{zone!r} is not a zone of the network, which has subnets in {', '.join(stack.network.zones)}",
            f"use some of these, or add it to {stack.zones_path}",
            about=stack.zones_path,
        )
        for zone in pool.zones
        if zone not in stack.network.zones
    ]
    return [*elsewhere, *twice_findings(f"{path}.zones", pool.zones)]


def _unused(path: str) -> Finding:
    message = "no server spans nodes yet, so that nothing uses these interfaces, and they keep the pool in one zone"
    remedy = "leave it out, unless something of yours uses them"
    return Finding("placement.efa-unused", f"{path}.efa", message, remedy, "warning")


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
