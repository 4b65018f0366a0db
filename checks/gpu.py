"""Whether AWS has the GPU nodes that a pool asks for, and whether the pods that share them find room."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from catalog.gpu_machines import DISK_RESERVE_GIB, DISK_SHARE, GPU_MACHINES, GpuMachine, Purchase, pod_disk_gib
from checks import Finding
from checks.packing import GpuDemand, Packing, cpus_for_pods, memory_for_pods_gib

RESERVED: tuple[Purchase, ...] = ("capacity-block", "reservation")
"""Ways to get nodes that name a place beforehand."""


@dataclass(frozen=True, slots=True)
class GpuPool:
    """Nodes alike.

    Attributes:
        path: where the pool is in the stack file.
        disk_gib: disk of a node for images and pods, GiB.
        disk_key: the pool's key that says how large that disk is; None where the machine brings it.
    """

    path: str
    machine: GpuMachine
    max_nodes: int
    disk_gib: float
    disk_key: str | None = "rootVolumeGib"


def machine_findings(path: str, instance_type: str, purchase: Purchase) -> list[Finding]:
    """Judge an instance type and the way its nodes are had."""
    machine = GPU_MACHINES.get(instance_type)
    if machine is None:
        return [
            Finding(
                "placement.machine",
                f"{path}.instanceType",
                f"{instance_type!r} is not a GPU machine of the catalog",
                f"use {_listed(GPU_MACHINES)}",
            )
        ]
    if purchase not in machine.purchases:
        return [
            Finding(
                "placement.machine",
                f"{path}.capacity.type",
                f"AWS sells no {purchase} of {instance_type}",
                f"use {_listed(machine.purchases)}",
            )
        ]
    return []


def bound_findings(
    path: str, *, purchase: Purchase, min_nodes: int, max_nodes: int, zones: Sequence[str]
) -> list[Finding]:
    """Judge how many nodes a pool keeps and where, for the way they are had."""
    findings: list[Finding] = []
    if max_nodes < min_nodes:
        findings.append(
            Finding(
                "placement.bound",
                f"{path}.maxNodes",
                f"{max_nodes} is below minNodes {min_nodes}",
                f"raise maxNodes to {min_nodes} or lower minNodes",
            )
        )
    if purchase == "capacity-block" and min_nodes:
        findings.append(
            Finding(
                "placement.bound",
                f"{path}.minNodes",
                f"{min_nodes} nodes cannot be kept: until the block begins, each launch of one fails",
                "write 0",
            )
        )
    if purchase in RESERVED and len(zones) > 1:
        findings.append(
            Finding(
                "placement.bound",
                f"{path}.zones",
                f"{len(zones)} zones are given, but a {purchase} is in one zone",
                f"write the one of the {purchase}",
            )
        )
    return findings


def efa_findings(path: str, instance_type: str, purchase: Purchase, zones: Sequence[str]) -> list[Finding]:
    """Judge a pool whose nodes are to have EFA interfaces."""
    machine = GPU_MACHINES.get(instance_type)
    findings: list[Finding] = []
    if machine and not machine.efa:
        having = [other.name for other in GPU_MACHINES.values() if other.efa]
        findings.append(
            Finding("placement.efa", f"{path}.efa", f"{instance_type} has no EFA interface", f"use {_listed(having)}")
        )
    if purchase not in RESERVED and len(zones) > 1:
        findings.append(
            Finding(
                "placement.efa",
                f"{path}.zones",
                f"{len(zones)} zones are given, but nodes with EFA are in one placement group, which is in one zone",
                "write one zone",
            )
        )
    return findings


def karpenter_findings(path: str, min_nodes: int) -> list[Finding]:
    """Judge a pool whose nodes Karpenter makes: only for pods that wait, and one by one."""
    if not min_nodes:
        return []
    return [
        Finding(
            "placement.karpenter",
            f"{path}.minNodes",
            f"{min_nodes} nodes cannot be kept: Karpenter makes a node when a pod waits for it, and none in advance",
            "write 0 and keep nodes through a server's minReplicas, or set cluster.nodeAutoscaler.type to "
            "cluster-autoscaler",
        )
    ]


def gpu_placement_findings(pools: Mapping[str, GpuPool], demands: Sequence[GpuDemand]) -> list[Finding]:
    """Judge each server against its pool, and each pool against all of its servers."""
    findings: list[Finding] = []
    sharing: dict[str, list[GpuDemand]] = defaultdict(list)
    for demand in demands:
        if demand.max_replicas < demand.min_replicas:
            findings.append(
                Finding(
                    "placement.gpu-placement",
                    f"{demand.path}.autoscaling.maxReplicas",
                    f"{demand.max_replicas} is below minReplicas {demand.min_replicas}",
                    f"raise maxReplicas to {demand.min_replicas} or lower minReplicas",
                )
            )
        pool = pools.get(demand.pool)
        if pool is None:
            findings.append(
                Finding(
                    "placement.gpu-placement",
                    f"{demand.path}.pool",
                    f"there is no pool {demand.pool!r}",
                    f"use {_listed(pools)}",
                )
            )
        elif too_large := _pod_findings(pool, demand):
            findings += too_large
        else:
            sharing[demand.pool].append(demand)
    for name, together in sharing.items():
        findings += _sum_findings(name, pools[name], together)
    return findings


def _pod_findings(pool: GpuPool, demand: GpuDemand) -> list[Finding]:
    machine = pool.machine
    findings: list[Finding] = []
    if demand.gpus > machine.gpus:
        findings.append(
            Finding(
                "placement.pod",
                f"{demand.path}.tensorParallel",
                f"{demand.gpus} GPUs are used, and a node of pool {demand.pool!r} ({machine.name}) has {machine.gpus}",
                f"write {machine.gpus} or less, or choose a pool of larger machines",
            )
        )
    left = memory_for_pods_gib(machine)
    if demand.memory_gib > left:
        findings.append(
            Finding(
                "placement.pod",
                demand.path,
                f"a pod needs {demand.memory_gib:.0f} GiB of main memory, and a node of pool {demand.pool!r} "
                f"({machine.name}) leaves {left:.0f} GiB to pods",
                "choose a pool of larger machines",
            )
        )
    if demand.cpus > cpus_for_pods(machine):
        findings.append(
            Finding(
                "placement.pod",
                demand.path,
                f"a pod requests {demand.cpus:g} cores, and a node of pool {demand.pool!r} ({machine.name}) leaves "
                f"{cpus_for_pods(machine):.2f} to pods",
                "choose a pool of larger machines",
            )
        )
    return findings + _disk_findings(pool, demand)


def _disk_findings(pool: GpuPool, demand: GpuDemand) -> list[Finding]:
    needed, left = demand.disk_gib + demand.image_gib, pod_disk_gib(pool.disk_gib)
    if needed <= left:
        return []
    message = (
        f"of {pool.disk_gib:.0f} GiB EKS leaves {left:.0f} GiB to pods, too few for the image and the model of "
        f"{demand.path}: {needed:.0f} GiB"
    )
    if pool.disk_key is None:
        return [
            Finding(
                "placement.disk", f"{pool.path}.instanceType", message, "choose machines with a larger instance store"
            )
        ]
    enough = ceil((needed + DISK_RESERVE_GIB) / DISK_SHARE)
    return [Finding("placement.disk", f"{pool.path}.{pool.disk_key}", message, f"write {enough} or more")]


def _sum_findings(name: str, pool: GpuPool, demands: Sequence[GpuDemand]) -> list[Finding]:
    pods = [demand for demand in demands for _ in range(demand.max_replicas)]
    wanted = Packing(pool.machine, pool.disk_gib, pods).nodes
    if wanted <= pool.max_nodes:
        return []
    each = " + ".join(f"{demand.path.rpartition('.')[2]} {demand.max_replicas}" for demand in demands)
    return [
        Finding(
            "placement.sum",
            f"{demands[-1].path}.autoscaling.maxReplicas",
            f"{wanted} nodes are needed at most ({each} replicas on {pool.machine.name}), and pool {name!r} has "
            f"{pool.max_nodes}: the last replicas would stay pending",
            f"lower maxReplicas, or raise {pool.path}.maxNodes to {wanted}",
        )
    ]


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
