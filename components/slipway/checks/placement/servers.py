"""Whether the pods of servers find room: each on a node of its pool, and all of them within the pool's bounds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from slipway.catalog.machines import MACHINES
from slipway.checks import Finding
from slipway.checks.placement.packing import Packing
from slipway.checks.placement.pool import Demand, Pool
from slipway.checks.wording import nearest


def placement_findings(pools: Mapping[str, Pool], demands: Sequence[Demand]) -> list[Finding]:
    """Judge each server against its pool, and each pool against all of its servers."""
    findings: list[Finding] = []
    sharing: dict[str, list[Demand]] = defaultdict(list)
    for demand in demands:
        if demand.max_replicas < demand.min_replicas:
            message = f"{demand.max_replicas} is below minReplicas {demand.min_replicas}"
            remedy = f"raise maxReplicas to {demand.min_replicas} or lower minReplicas"
            findings.append(Finding("placement.replicas", f"{demand.path}.autoscaling.maxReplicas", message, remedy))
        pool = pools.get(demand.pool)
        if pool is None:
            message = f"there is no pool {demand.pool!r}"
            remedy = f"use {nearest(demand.pool, pools)}" if pools else "add it to cluster.pools"
            about = f"cluster.pools.{demand.pool}"
            findings.append(Finding("placement.pool", f"{demand.path}.pool", message, remedy, about=about))
            continue
        findings += _pod_findings(pool, demand)
        sharing[demand.pool].append(demand)
    for name, together in sharing.items():
        findings += _sum_findings(name, pools[name], together)
    return findings


def _pod_findings(pool: Pool, demand: Demand) -> Iterator[Finding]:
    node = f"a node of pool {demand.pool!r} ({pool.machine.name})"
    yield from _chip_findings(pool, demand, node)
    larger = _larger(pool, demand)
    if demand.memory_gib > pool.memory_gib:
        message = (
            f"a pod needs {demand.memory_gib:.0f} GiB of main memory, and {node} leaves {pool.memory_gib:.0f} GiB to "
            "pods"
        )
        yield Finding("placement.memory", demand.path, message, larger)
    if demand.cpus > pool.cpus:
        message = f"a pod requests {demand.cpus:g} cores, and {node} leaves {pool.cpus:.2f} to pods"
        yield Finding("placement.cpus", demand.path, message, larger)
    yield from _disk_findings(pool, demand)


def _chip_findings(pool: Pool, demand: Demand, node: str) -> Iterator[Finding]:
    path = f"{demand.path}.tensorParallel"
    if pool.machine.chip.kind == "tpu":
        if demand.chips != pool.devices:
            seen = "chips" if pool.devices == pool.chips else "devices of chips"
            message = (
                f"{demand.chips} {seen} are used, but a replica on pool {demand.pool!r} gets all {pool.devices} of its "
                "slice: a pod gets every chip of a TPU machine or none"
            )
            remedy = f"write {pool.devices}, or choose a pool whose slice has {demand.chips}"
            yield Finding("placement.slice-chips", path, message, remedy)
    elif demand.chips > pool.chips:
        message = f"{demand.chips} GPUs are used, and {node} has {pool.chips}"
        yield Finding("placement.gpus", path, message, f"write {pool.chips} or less, or {_larger(pool, demand)}")


def _larger(pool: Pool, demand: Demand) -> str:
    """Return how a person writes the smallest machine with the pool's chips that has room for a pod."""
    mine = pool.machine
    alike = [each for each in MACHINES.values() if (each.provider, each.chip.name) == (mine.provider, mine.chip.name)]
    enough = [
        each
        for each in alike
        if each.chips * each.chip.devices >= demand.chips
        and each.memory_for_pods_gib >= demand.memory_gib
        and each.cpus_for_pods >= demand.cpus
    ]
    if not enough or pool.topology:
        return "choose a pool of larger machines"
    name = min(enough, key=lambda each: (each.chips, each.vcpus)).name
    return f"write {pool.machine_key}: {name} in {pool.path}"


def _disk_findings(pool: Pool, demand: Demand) -> Iterator[Finding]:
    needed = demand.disk_gib + demand.image_gib
    if needed <= pool.pod_disk_gib:
        return
    message = (
        f"of {pool.disk_gib:.0f} GiB a node leaves {pool.pod_disk_gib:.0f} GiB to pods, too few for the image and the "
        f"model of {demand.path}: {needed:.0f} GiB"
    )
    if pool.disk_key is None:
        path, remedy = f"{pool.path}.{pool.machine_key}", "choose machines with larger local disks"
    else:
        enough = max(ceil(machine.disk_for_gib(needed)) for machine in pool.machines)
        path, remedy = f"{pool.path}.{pool.disk_key}", f"write {enough} or more"
    yield Finding("placement.disk", path, message, remedy)


def _sum_findings(name: str, pool: Pool, demands: Sequence[Demand]) -> Iterator[Finding]:
    wanted = Packing(pool, [demand for demand in demands for _ in range(_most(demand))]).nodes
    if wanted <= pool.max_nodes:
        return
    each = " + ".join(f"{demand.path.rpartition('.')[2]} {_most(demand)}" for demand in demands)
    one = f"{pool.hosts} {pool.machine.name} each" if pool.hosts > 1 else pool.machine.name
    lower = "lower maxReplicas"
    if (surge := sum(demand.surge for demand in demands)) > 0:
        one += f", {surge} of them for an update"
    if pool.machine.chip.kind == "tpu":
        lower += f" to a sum of {max(pool.max_nodes // pool.hosts - surge, 1)}"
    message = (
        f"{wanted} nodes are needed at most ({each} replicas on {one}), and pool {name!r} has {pool.max_nodes}: the "
        "last replicas would stay pending"
    )
    remedy = f"{lower}, or raise {pool.path}.maxNodes to {wanted}"
    yield Finding("placement.nodes", f"{demands[-1].path}.autoscaling.maxReplicas", message, remedy)


def _most(demand: Demand) -> int:
    """Return the most replicas that there are at a time."""
    return demand.max_replicas + demand.surge
