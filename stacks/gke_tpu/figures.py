"""What a `gke-tpu` stack amounts to: how its servers fit their chips, how they scale and what it costs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from catalog.machines import MACHINES, Slice
from checks.cost import Estimate, PricedItem, estimate
from checks.fit import Fit, Replica, fit
from components.gke.settings import StandardClusterArgs, TpuPoolArgs, TpuSliceArgs, region_of
from components.serving.settings import ClusterOnly
from stacks.capacity import Member, capacity_figures
from stacks.figures import cost_figures, fit_figures, scaling_figures
from stacks.gke_tpu import GkeTpu, TpuServer
from stacks.surroundings import judged


def slice_of(settings: GkeTpu, pool: str) -> Slice | None:
    """Return the slice of a pool where it is certain; otherwise a finding of its own says what is wrong."""
    args = settings.cluster.pools.get(pool)
    machine = MACHINES.get(args.machine_type) if args else None
    if args is None or machine is None:
        return None
    if args.topology in machine.topologies:
        return machine.slice(args.topology)
    return machine.slice(machine.topologies[0]) if len(machine.topologies) == 1 else None


def fit_of(settings: GkeTpu, name: str) -> Fit | None:
    """Return how a server fits its chips, or nothing where its model or its share of the slice is wrong already."""
    server = settings.servers[name]
    chips = slice_of(settings, server.pool)
    if chips is None or chips.devices != server.tensor_parallel or server.model not in settings.models:
        return None
    return fit_on(settings, name, chips)


def fit_on(settings: GkeTpu, name: str, chips: Slice) -> Fit:
    """Return how a server whose model is known would fit a slice, spread over all of it."""
    server = settings.servers[name]
    replica = Replica(
        engine="vllm-tpu",
        model=settings.models[server.model],
        memory_gib=chips.machine.chip.device.memory_gib,
        chips=chips.devices,
        memory_utilization=server.memory_utilization,
        max_model_len=server.max_model_len,
        max_num_seqs=server.max_num_seqs,
        max_num_batched_tokens=server.max_num_batched_tokens,
        tensor_parallel=chips.devices,
        kv_dtype="fp8" if server.kv_cache_dtype == "fp8" else None,
    )
    return fit(replica, f"servers.{name}")


def cost_of(settings: GkeTpu, today: date) -> Estimate:
    """Return what the stack costs, with prices as they are known on a day."""
    return estimate(_priced(settings), today=today, budget=settings.budget, overrides=settings.prices)


def figures(settings: GkeTpu) -> Mapping[str, Any]:
    """Return fit, scaling, capacity and cost as outputs of the stack; they depend on the settings alone."""
    estimate = cost_of(settings, date.min)
    return {
        "fit": {name: fit_figures(found) for name in settings.servers if (found := fit_of(settings, name))},
        "scaling": {name: scaling_figures(server.scaling) for name, server in settings.servers.items()},
        "capacity": capacity_figures(list(_members(settings)), estimate),
        "costUsd": cost_figures(estimate.total),
    }


def _members(settings: GkeTpu) -> Iterator[Member]:
    fewest = _fewest_replicas(settings)
    for name, server in settings.servers.items():
        chips = judged(slice_of(settings, server.pool))
        yield Member(
            name=name,
            pool=f"cluster.pools.{server.pool}",
            min_replicas=server.autoscaling.min_replicas,
            max_replicas=server.autoscaling.max_replicas,
            throughput=server.throughput,
            chips=chips.chips,
            chips_of_node=chips.machine.chips,
            nodes=partial(_nodes, settings, server, fewest[server.pool]),
        )


def _nodes(settings: GkeTpu, server: TpuServer, fewest: int, replicas: int) -> int:
    """Return the paid nodes of a server's pool for so many replicas of it, while others there have their fewest."""
    return _paid_nodes(settings, server.pool, fewest + replicas - server.autoscaling.min_replicas)


def _fewest_replicas(settings: GkeTpu) -> Counter[str]:
    """Return the fewest replicas of the servers of each pool together."""
    fewest: Counter[str] = Counter()
    for server in settings.servers.values():
        fewest[server.pool] += server.autoscaling.min_replicas
    return fewest


def _priced(settings: GkeTpu) -> list[PricedItem]:
    """Return what is bought by time; the bucket's size is the models', which depends on what is downloaded."""
    cluster, region = settings.cluster, region_of(settings.cluster.location)

    def one(path: str, name: str, item: str, low: float = 1, high: float = 1) -> PricedItem:
        return PricedItem(path=path, name=name, item=item, region=region, low=low, high=high)

    items = [one("cluster", "control plane", "gke-cluster"), one("network", "Cloud NAT", "gcp-nat-gateway")]
    if isinstance(cluster, StandardClusterArgs):
        system = cluster.system_pool
        items.append(
            one(
                "cluster.systemPool",
                "system pool",
                system.machine_type,
                min(system.min_nodes, system.max_nodes),
                system.max_nodes,
            )
        )
    items += [_pool_item(settings, name, pool, region) for name, pool in cluster.pools.items()]
    items += [
        one(f"servers.{name}.exposure", f"load balancer of {name}", "gcp-forwarding-rule")
        for name, server in settings.servers.items()
        if not isinstance(server.exposure, ClusterOnly)
    ]
    return items


def _pool_item(settings: GkeTpu, name: str, pool: TpuSliceArgs, region: str) -> PricedItem:
    return PricedItem(
        path=f"cluster.pools.{name}",
        name=f"pool {name}",
        item=pool.machine_type,
        region=region,
        low=_paid_nodes(settings, name, _fewest_replicas(settings)[name]),
        high=pool.max_nodes,
        purchase="on-demand" if pool.capacity.type == "reservation" else pool.capacity.type,
    )


def _paid_nodes(settings: GkeTpu, name: str, replicas: int) -> int:
    """Return the nodes of a pool that are paid for when it has so many replicas; a reservation is in any case."""
    pool = settings.cluster.pools[name]
    if pool.capacity.type == "reservation":
        return pool.max_nodes
    chips = slice_of(settings, name)
    kept = pool.min_nodes if isinstance(pool, TpuPoolArgs) else 0
    return min(max(kept, replicas * (chips.hosts if chips else 1)), pool.max_nodes)
