"""What an `eks-gpu` stack amounts to: how its servers fit their GPUs, how they scale and what it costs."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from catalog.gpu_machines import GPU_MACHINES, GpuMachine
from catalog.models import MODELS
from catalog.nim import MEMORY_UTILIZATION, signals
from catalog.prices import Unit
from checks.cost import Estimate, PricedItem, estimate
from checks.fit import Fit, Replica, fit
from components.eks.settings import GpuPoolArgs
from stacks.eks_gpu import EksGpu
from stacks.figures import cost_figures, fit_figures, scaling_figures


def machine_of(settings: EksGpu, pool: str) -> GpuMachine | None:
    """Return the machine of a pool, where there is such a pool and the catalog has its machine."""
    args = settings.cluster.pools.get(pool)
    return GPU_MACHINES.get(args.instance_type) if args else None


def fit_of(settings: EksGpu, name: str) -> Fit | None:
    """Return how a server fits its GPUs, or nothing where its model or its pool is wrong already."""
    server = settings.servers[name]
    machine = machine_of(settings, server.pool)
    if machine is None or server.tensor_parallel > machine.gpus or server.model not in MODELS:
        return None
    replica = Replica(
        engine="vllm",
        model=MODELS[server.model],
        memory_gib=machine.gpu.memory_gib,
        chips=server.tensor_parallel,
        memory_utilization=MEMORY_UTILIZATION,
        max_model_len=server.max_model_len,
        tensor_parallel=server.tensor_parallel,
    )
    return fit(replica, f"servers.{name}")


def cost_of(settings: EksGpu, today: date) -> Estimate:
    """Return what the stack costs, with prices as they are known on a day."""
    return estimate(_priced(settings), today=today, budget=settings.budget, overrides=settings.prices)


def figures(settings: EksGpu) -> Mapping[str, Any]:
    """Return fit, scaling and cost as outputs of the stack; they depend on the settings alone."""
    return {
        "fit": {name: fit_figures(found) for name in settings.servers if (found := fit_of(settings, name))},
        "scaling": {
            name: scaling_figures(server.autoscaling, signals(server.version)[server.autoscaling.metric.signal])
            for name, server in settings.servers.items()
        },
        "costUsd": cost_figures(cost_of(settings, date.min).total),
    }


def _priced(settings: EksGpu) -> list[PricedItem]:
    """Return what is bought by time or by size; logs, traffic and the key cost little, or depend on use."""
    region, cluster = settings.region, settings.cluster
    gateways = len(settings.network.zones) if settings.network.nat == "zonal" else 1

    def one(path: str, name: str, item: str, low: float, high: float, unit: Unit = "hour") -> PricedItem:
        return PricedItem(path=path, name=name, item=item, region=region, low=low, high=high, unit=unit)

    system = cluster.system_pool
    fewest = min(system.min_nodes, system.max_nodes)
    storage = settings.monitoring.storage_gib
    return [
        one("cluster", "control plane", "eks-cluster", 1, 1),
        one("network.nat", "NAT gateways", "aws-nat-gateway", gateways, gateways),
        one("network.nat", "addresses of NAT gateways", "aws-public-ipv4", gateways, gateways),
        one("cluster.systemPool", "system pool", system.instance_type, fewest, system.max_nodes),
        one("monitoring.storageGib", "volume of Prometheus", "ebs-gp3", storage, storage, "GB-month"),
        *(item for name, pool in cluster.pools.items() for item in _pool_items(settings, name, pool)),
    ]


def _pool_items(settings: EksGpu, name: str, pool: GpuPoolArgs) -> list[PricedItem]:
    low = _fewest_nodes(settings, name, pool)
    path = f"cluster.pools.{name}"
    purchase = "on-demand" if pool.capacity.type == "reservation" else pool.capacity.type
    return [
        PricedItem(
            path=path,
            name=f"pool {name}",
            item=pool.instance_type,
            region=settings.region,
            low=low,
            high=pool.max_nodes,
            purchase=purchase,
        ),
        PricedItem(
            path=f"{path}.rootVolumeGib",
            name=f"disks of pool {name}",
            item="ebs-gp3",
            region=settings.region,
            low=low * pool.root_volume_gib,
            high=pool.max_nodes * pool.root_volume_gib,
            unit="GB-month",
        ),
    ]


def _fewest_nodes(settings: EksGpu, name: str, pool: GpuPoolArgs) -> int:
    """Nodes run for a pool's minimum and its servers' fewest replicas; what is reserved is paid for in any case."""
    if pool.capacity.type in ("reservation", "capacity-block"):
        return pool.max_nodes
    used = sum(
        server.autoscaling.min_replicas * server.tensor_parallel
        for server in settings.servers.values()
        if server.pool == name
    )
    machine = GPU_MACHINES.get(pool.instance_type)
    needed = -(-used // machine.gpus) if machine else 0
    return min(max(pool.min_nodes, needed), pool.max_nodes)
