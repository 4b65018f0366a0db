"""What a `gke-tpu` stack amounts to: how its servers fit their chips, how they scale and what it costs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from catalog.accelerators import TPU_MACHINES, TpuSlice, tpu_slice
from catalog.engines import VLLM
from catalog.models import MODELS
from checks.cost import Estimate, PricedItem, estimate
from checks.fit import Fit, Replica, fit
from components.gke.settings import StandardClusterArgs, TpuPoolArgs, TpuSliceArgs, region_of
from components.serving.settings import ClusterOnly
from stacks.figures import cost_figures, fit_figures, scaling_figures
from stacks.gke_tpu import GkeTpu
from stacks.scaling import Scaling


def slice_of(settings: GkeTpu, pool: str) -> TpuSlice | None:
    """Return the slice of a pool where it is certain; otherwise a finding of its own says what is wrong."""
    args = settings.cluster.pools.get(pool)
    machine = TPU_MACHINES.get(args.machine_type) if args else None
    if args is None or machine is None:
        return None
    if args.topology in machine.topologies:
        return tpu_slice(machine.name, args.topology)
    return tpu_slice(machine.name, machine.topologies[0]) if len(machine.topologies) == 1 else None


def fit_of(settings: GkeTpu, name: str) -> Fit | None:
    """Return how a server fits its chips, or nothing where its model or its share of the slice is wrong already."""
    server = settings.servers[name]
    chips = slice_of(settings, server.pool)
    if chips is None or chips.chips != server.tensor_parallel or server.model not in MODELS:
        return None
    replica = Replica(
        engine="vllm-tpu",
        model=MODELS[server.model],
        memory_gib=chips.machine.generation.hbm_gib,
        chips=chips.chips,
        memory_utilization=server.memory_utilization,
        max_model_len=server.max_model_len,
        max_num_seqs=server.max_num_seqs,
        max_num_batched_tokens=server.max_num_batched_tokens,
        tensor_parallel=server.tensor_parallel,
    )
    return fit(replica, f"servers.{name}")


def cost_of(settings: GkeTpu, today: date) -> Estimate:
    """Return what the stack costs, with prices as they are known on a day."""
    return estimate(_priced(settings), today=today, budget=settings.budget, overrides=settings.prices)


def figures(settings: GkeTpu) -> Mapping[str, Any]:
    """Return fit, scaling and cost as outputs of the stack; they depend on the settings alone."""
    total = cost_of(settings, date.min).total
    return {
        "fit": {name: fit_figures(found) for name in settings.servers if (found := fit_of(settings, name))},
        "scaling": {
            name: scaling_figures(Scaling.of(server.autoscaling, VLLM.signals[server.autoscaling.metric.signal]))
            for name, server in settings.servers.items()
        },
        "costUsd": cost_figures(total),
    }


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
    """Nodes run for a pool's minimum and its servers' fewest replicas; a reservation is paid for in any case."""
    chips = slice_of(settings, name)
    kept = pool.min_nodes if isinstance(pool, TpuPoolArgs) else 0
    used = sum(server.autoscaling.min_replicas for server in settings.servers.values() if server.pool == name)
    reserved = pool.capacity.type == "reservation"
    low = pool.max_nodes if reserved else max(kept, used * (chips.hosts if chips else 1))
    return PricedItem(
        path=f"cluster.pools.{name}",
        name=f"pool {name}",
        item=pool.machine_type,
        region=region,
        low=min(low, pool.max_nodes),
        high=pool.max_nodes,
        purchase="on-demand" if pool.capacity.type == "reservation" else pool.capacity.type,
    )
