"""Whether AWS has the GPU nodes that a pool asks for, and whether the pods that share them find room."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.gpu_machines import GPU_MACHINES, GpuMachine, Purchase
from checks import Finding


@dataclass(frozen=True, slots=True)
class GpuPool:
    """Nodes alike.

    Attributes:
        path: where the pool is in the stack file.
        disk_gib: disk of a node, GiB.
    """

    path: str
    machine: GpuMachine
    max_nodes: int
    disk_gib: int


@dataclass(frozen=True, slots=True)
class GpuDemand:
    """What a server asks of a pool.

    Attributes:
        path: where the server is in the stack file.
        pool: the pool's name.
        gpus: GPUs of one pod.
        memory_gib: main memory of one pod, volumes in memory included, GiB.
        disk_gib: disk that one pod's files take, GiB.
        image_gib: disk that its image takes once a node, GiB.
    """

    path: str
    pool: str
    gpus: int
    memory_gib: float
    disk_gib: float
    image_gib: float
    min_replicas: int
    max_replicas: int


def machine_findings(path: str, instance_type: str, purchase: Purchase) -> list[Finding]:
    """Judge an instance type and the way its nodes are had."""
    machine = GPU_MACHINES.get(instance_type)
    if machine is None:
        return [
            Finding(
                f"{path}.instanceType",
                f"{instance_type!r} is not a GPU machine of the catalog",
                f"use {_listed(GPU_MACHINES)}",
            )
        ]
    if purchase not in machine.purchases:
        return [
            Finding(
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
                f"{path}.maxNodes",
                f"{max_nodes} is below minNodes {min_nodes}",
                f"raise maxNodes to {min_nodes} or lower minNodes",
            )
        )
    if purchase == "capacity-block" and min_nodes:
        findings.append(
            Finding(
                f"{path}.minNodes",
                f"{min_nodes} nodes cannot be kept: until the block begins, each launch of one fails",
                "write 0",
            )
        )
    if purchase in ("capacity-block", "reservation") and len(zones) > 1:
        findings.append(
            Finding(
                f"{path}.zones",
                f"{len(zones)} zones are given, but a {purchase} is in one zone",
                f"write the one of the {purchase}",
            )
        )
    return findings


def gpu_placement_findings(pools: Mapping[str, GpuPool], demands: Sequence[GpuDemand]) -> list[Finding]:
    """Judge each server against its pool, and each pool against all of its servers."""
    findings: list[Finding] = []
    sharing: dict[str, list[GpuDemand]] = defaultdict(list)
    for demand in demands:
        if demand.max_replicas < demand.min_replicas:
            findings.append(
                Finding(
                    f"{demand.path}.autoscaling.maxReplicas",
                    f"{demand.max_replicas} is below minReplicas {demand.min_replicas}",
                    f"raise maxReplicas to {demand.min_replicas} or lower minReplicas",
                )
            )
        pool = pools.get(demand.pool)
        if pool is None:
            findings.append(
                Finding(f"{demand.path}.pool", f"there is no pool {demand.pool!r}", f"use {_listed(pools)}")
            )
        elif too_large := _pod_findings(pool, demand):
            findings += too_large
        else:
            sharing[demand.pool].append(demand)
    for name, together in sharing.items():
        findings += _sum_findings(name, pools[name], together)
    return findings


def nodes_for(machine: GpuMachine, disk_gib: float, pods: Iterable[GpuDemand]) -> int:
    """Return how many nodes hold these pods, filled from the largest pod down."""
    nodes: list[_Room] = []
    for pod in sorted(pods, key=lambda pod: (pod.gpus, pod.memory_gib), reverse=True):
        for node in nodes:
            if node.takes(pod):
                break
        else:
            node = _Room(machine.gpus, machine.allocatable_memory_gib, disk_gib, set())
            nodes.append(node)
        node.add(pod)
    return len(nodes)


@dataclass(slots=True)
class _Room:
    """What is left of a node."""

    gpus: int
    memory_gib: float
    disk_gib: float
    images: set[str]

    def takes(self, pod: GpuDemand) -> bool:
        return pod.gpus <= self.gpus and pod.memory_gib <= self.memory_gib and self._disk(pod) <= self.disk_gib

    def add(self, pod: GpuDemand) -> None:
        self.disk_gib -= self._disk(pod)
        self.gpus -= pod.gpus
        self.memory_gib -= pod.memory_gib
        self.images.add(pod.path)

    def _disk(self, pod: GpuDemand) -> float:
        return pod.disk_gib + (0 if pod.path in self.images else pod.image_gib)


def _pod_findings(pool: GpuPool, demand: GpuDemand) -> list[Finding]:
    machine = pool.machine
    findings: list[Finding] = []
    if demand.gpus > machine.gpus:
        findings.append(
            Finding(
                f"{demand.path}.tensorParallel",
                f"{demand.gpus} GPUs are used, and a node of pool {demand.pool!r} ({machine.name}) has {machine.gpus}",
                f"write {machine.gpus} or less, or choose a pool of larger machines",
            )
        )
    if demand.memory_gib > machine.allocatable_memory_gib:
        findings.append(
            Finding(
                demand.path,
                f"a pod needs {demand.memory_gib:.0f} GiB of main memory, and a node of pool {demand.pool!r} "
                f"({machine.name}) leaves {machine.allocatable_memory_gib:.0f} GiB to pods",
                "choose a pool of larger machines",
            )
        )
    disk = demand.disk_gib + demand.image_gib
    if disk > pool.disk_gib:
        findings.append(
            Finding(
                f"{pool.path}.rootVolumeGib",
                f"{pool.disk_gib} GiB are too few for the image and the model of {demand.path}: {disk:.0f} GiB",
                f"write {disk:.0f} or more",
            )
        )
    return findings


def _sum_findings(name: str, pool: GpuPool, demands: Sequence[GpuDemand]) -> list[Finding]:
    pods = [demand for demand in demands for _ in range(demand.max_replicas)]
    wanted = nodes_for(pool.machine, pool.disk_gib, pods)
    if wanted <= pool.max_nodes:
        return []
    each = " + ".join(f"{demand.path.rpartition('.')[2]} {demand.max_replicas}" for demand in demands)
    return [
        Finding(
            f"{demands[-1].path}.autoscaling.maxReplicas",
            f"{wanted} nodes are needed at most ({each} replicas on {pool.machine.name}), and pool {name!r} has "
            f"{pool.max_nodes}: the last replicas would stay pending",
            f"lower maxReplicas, or raise {pool.path}.maxNodes to {wanted}",
        )
    ]


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
