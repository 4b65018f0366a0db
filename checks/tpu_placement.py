"""Whether the pods of a stack can be scheduled: chips, memory and nodes, summed over all servers of a pool."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks import Finding


@dataclass(frozen=True, slots=True)
class Pool:
    """Nodes alike.

    Attributes:
        path: where the pool is in the stack file.
        max_nodes: most nodes that it can have.
        chips: accelerators of one replica's nodes together.
        hosts: nodes of one replica.
        memory_gib: main memory that a node leaves to pods, GiB.
    """

    path: str
    max_nodes: int
    chips: int
    hosts: int
    memory_gib: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What a server asks of a pool.

    Attributes:
        path: where the server is in the stack file.
        pool: the pool's name.
        chips: accelerators over which a replica is spread.
        memory_gib: main memory of one of its pods, volumes in memory included, GiB.
    """

    path: str
    pool: str
    chips: int
    min_replicas: int
    max_replicas: int
    memory_gib: float


def placement_findings(pools: Mapping[str, Pool], demands: Sequence[Demand]) -> list[Finding]:
    """Judge each server against its pool, and each pool against all of its servers."""
    findings: list[Finding] = []
    sharing: dict[str, list[Demand]] = defaultdict(list)
    for demand in demands:
        if demand.max_replicas < demand.min_replicas:
            findings.append(
                Finding(
                    "placement.placement",
                    f"{demand.path}.autoscaling.maxReplicas",
                    f"{demand.max_replicas} is below minReplicas {demand.min_replicas}",
                    f"raise maxReplicas to {demand.min_replicas} or lower minReplicas",
                )
            )
        pool = pools.get(demand.pool)
        if pool is None:
            findings.append(
                Finding(
                    "placement.placement",
                    f"{demand.path}.pool",
                    f"there is no pool {demand.pool!r}",
                    f"use {' or '.join(pools)}",
                )
            )
            continue
        sharing[demand.pool].append(demand)
        findings += _pod_findings(pool, demand)
    for name, together in sharing.items():
        findings += _sum_findings(name, pools[name], together)
    return findings


def _pod_findings(pool: Pool, demand: Demand) -> list[Finding]:
    findings: list[Finding] = []
    if demand.chips != pool.chips:
        findings.append(
            Finding(
                "placement.pod",
                f"{demand.path}.tensorParallel",
                f"{demand.chips} chips are used, but a replica on pool {demand.pool!r} gets all {pool.chips} of its "
                "slice: GKE gives a pod every chip of a machine or none",
                f"write {pool.chips}, or choose a pool whose slice has {demand.chips}",
            )
        )
    if demand.memory_gib > pool.memory_gib:
        findings.append(
            Finding(
                "placement.pod",
                demand.path,
                f"a pod needs {demand.memory_gib:.0f} GiB of main memory, and a node of pool {demand.pool!r} leaves "
                f"{pool.memory_gib:.0f} GiB to pods",
                "choose a pool of larger machines",
            )
        )
    return findings


def _sum_findings(name: str, pool: Pool, demands: Sequence[Demand]) -> list[Finding]:
    wanted = sum(demand.max_replicas for demand in demands) * pool.hosts
    if wanted <= pool.max_nodes:
        return []
    each = " + ".join(f"{demand.path.rpartition('.')[2]} {demand.max_replicas}" for demand in demands)
    nodes = f"{pool.hosts} nodes" if pool.hosts > 1 else "a node"
    return [
        Finding(
            "placement.sum",
            f"{demands[-1].path}.autoscaling.maxReplicas",
            f"{wanted} nodes are needed at most ({each} replicas of {nodes} each), and pool {name!r} has "
            f"{pool.max_nodes}: the last replicas would stay pending",
            f"lower maxReplicas to a sum of {pool.max_nodes // pool.hosts}, or raise {pool.path}.maxNodes to {wanted}",
        )
    ]
