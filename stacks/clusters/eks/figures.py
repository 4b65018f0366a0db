"""What an `eks-gpu` stack amounts to: what it costs beside what its servers say."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from catalog.prices import Unit
from checks.cost import Estimate, PricedItem, estimate
from components.eks.settings import GpuPoolArgs
from stacks.eks_gpu import EksGpu
from stacks.figures import cost_figures
from stacks.gpu.exposure import load_balancer_items
from stacks.gpu.figures import packings, server_figures


def cost_of(settings: EksGpu, today: date) -> Estimate:
    """Return what the stack costs, with prices as they are known on a day."""
    return estimate(_priced(settings), today=today, budget=settings.budget, overrides=settings.prices)


def figures(settings: EksGpu) -> Mapping[str, Any]:
    """Return fit, scaling, capacity and cost as outputs of the stack; they depend on the settings alone."""
    estimate = cost_of(settings, date.min)
    return {
        **server_figures(settings, estimate, partial(_bounded, settings)),
        "costUsd": cost_figures(estimate.total),
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
        *(
            one("sharedStorage.expectedGib", "shared storage", "efs-standard", gib, gib, "GB-month")
            for gib in ([settings.shared_storage.expected_gib] if settings.shared_storage else [])
        ),
        *load_balancer_items(settings, region, len(settings.network.zones)),
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
    """Nodes run for a pool's minimum and its servers' fewest replicas."""
    packed = packings(settings).get(name)
    return _bounded(settings, name, packed.nodes if packed else 0)


def _bounded(settings: EksGpu, name: str, nodes: int) -> int:
    """Return the machines of a pool that are paid for when so many hold pods: what is reserved is, in any case."""
    pool = settings.cluster.pools[name]
    if pool.capacity.type in ("reservation", "capacity-block"):
        return pool.max_nodes
    return min(max(pool.min_nodes, nodes), pool.max_nodes)
