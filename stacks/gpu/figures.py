"""How the servers of a stack with GPU nodes fit their GPUs, how they scale and what they can do, as outputs."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from checks.cost import Estimate
from checks.fit import Fit
from checks.placement import Demand, Packing
from stacks.capacity import Member, capacity_figures
from stacks.figures import fit_figures, scaling_figures
from stacks.gpu.serving import GpuServing
from stacks.gpu.ways_out import demand

PoolNodes = Callable[[str, int], int]
"""Gives the machines that a pool has when so many hold its pods."""


def server_figures(
    settings: GpuServing, estimate: Estimate | None = None, nodes: PoolNodes = lambda _, nodes: nodes
) -> Mapping[str, Any]:
    """Return fit, scaling and capacity of each server; they depend on the settings alone.

    Args:
        settings: the stack's.
        estimate: what the stack costs, where it is known.
        nodes: how pools keep their bounds.
    """
    fits = {name: _fit(settings, name) for name in settings.servers}
    return {
        "fit": {name: fit_figures(found) for name, found in fits.items() if found},
        "scaling": {name: scaling_figures(server.scaling) for name, server in settings.servers.items()},
        "capacity": capacity_figures(list(_members(settings, nodes)), estimate),
    }


def packings(settings: GpuServing) -> Mapping[str, Packing]:
    """Return the machines of each pool that hold its servers' fewest replicas."""
    pods: dict[str, list[Demand]] = defaultdict(list)
    for name, server in settings.servers.items():
        pods[server.pool] += server.scaling.min_replicas * [demand(f"servers.{name}", server, settings.models)]
    return {name: Packing(pool, pods[name]) for name, pool in settings.gpu_pools.items()}


def _members(settings: GpuServing, nodes: PoolNodes) -> Iterator[Member]:
    packed = packings(settings)
    for name, server in settings.servers.items():
        pool = settings.gpu_pools[server.pool]
        pod = demand(f"servers.{name}", server, settings.models)
        yield Member(
            name=name,
            pool=pool.path,
            min_replicas=pod.min_replicas,
            max_replicas=pod.max_replicas,
            throughput=server.throughput,
            chips=pod.chips,
            chips_of_node=pool.chips_of_node,
            nodes=partial(_nodes, packed[server.pool], pod, nodes),
        )


def _nodes(packed: Packing, pod: Demand, nodes: PoolNodes, replicas: int) -> int:
    return nodes(pod.pool, packed.nodes_with(pod, replicas - pod.min_replicas))


def _fit(settings: GpuServing, name: str) -> Fit | None:
    server = settings.servers[name]
    machine = settings.machine(server.pool)
    return server.fit(f"servers.{name}", settings.models, machine) if machine else None
