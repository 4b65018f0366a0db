"""What a stack on EKS buys by time or by size, and what its nodes take of the account's quotas."""

from collections.abc import Iterator, Mapping

from slipway.addons.monitoring_settings import REPLICAS
from slipway.catalog.prices import Unit
from slipway.catalog.quotas import ec2_quota, standard_vcpus
from slipway.checks.bill import PricedItem
from slipway.checks.quota import Taken
from slipway.serving.exposure import ClusterOnly, InternalAlb, PublicAlb
from stacks.clusters.eks import EksStack
from stacks.quota import pools_take


def priced(stack: EksStack, fewest: Mapping[str, int]) -> list[PricedItem]:
    """Return what is bought by time or by size; logs, traffic and the key cost little, or depend on use."""
    cluster, gateways = stack.cluster, stack.network.nat_gateways

    def one(path: str, name: str, item: str, low: float, high: float, unit: Unit = "hour") -> PricedItem:
        return PricedItem(path=path, name=name, item=item, region=stack.region, low=low, high=high, unit=unit)

    system = cluster.system_pool
    lowest = min(system.min_nodes, system.max_nodes)
    storage = stack.monitoring.storage_gib * REPLICAS
    return [
        one("cluster", "control plane", "eks-cluster", 1, 1),
        *(
            one("network.nat", name, item, gateways, gateways)
            for name, item in (("NAT gateways", "aws-nat-gateway"), ("addresses of NAT gateways", "aws-public-ipv4"))
            if gateways
        ),
        one("cluster.systemPool", "system pool", system.instance_type, lowest, system.max_nodes),
        one("monitoring.storageGib", "volumes of Prometheus", "ebs-gp3", storage, storage, "GB-month"),
        *(item for name in stack.pools for item in _pool_items(stack, name, fewest[name])),
        *(
            one("sharedStorage.expectedGib", "shared storage", "efs-standard", gib, gib, "GB-month")
            for gib in ([stack.shared_storage.expected_gib] if stack.shared_storage else [])
        ),
        *(item for name in stack.servers for item in _load_balancer_items(stack, name)),
    ]


def _pool_items(stack: EksStack, name: str, low: int) -> Iterator[PricedItem]:
    pool, disk = stack.pools[name], stack.cluster.pools[name].root_volume_gib
    yield PricedItem(
        path=pool.path,
        name=f"pool {name}",
        item=pool.machine.name,
        others=tuple(machine.name for machine in pool.machines[1:]),
        region=stack.region,
        low=low,
        high=pool.max_nodes,
        purchase=pool.purchase,
    )
    yield PricedItem(
        path=f"{pool.path}.rootVolumeGib",
        name=f"disks of pool {name}",
        item="ebs-gp3",
        region=stack.region,
        low=low * disk,
        high=pool.max_nodes * disk,
        unit="GB-month",
    )


def _load_balancer_items(stack: EksStack, server: str) -> Iterator[PricedItem]:
    """Yield load balancers by the hour, public ones with an address in each zone; traffic is not counted."""
    exposure, path = stack.servers[server].exposure, f"servers.{server}.exposure"

    def item(name: str, bought: str, number: int) -> PricedItem:
        return PricedItem(path=path, name=name, item=bought, region=stack.region, low=number, high=number)

    if not isinstance(exposure, ClusterOnly):
        kind = "alb" if isinstance(exposure, InternalAlb | PublicAlb) else "nlb"
        yield item(f"load balancer of {server}", kind, 1)
    if isinstance(exposure, PublicAlb):
        zones = len(stack.network.public_zones)
        yield item(f"addresses of the load balancer of {server}", "aws-public-ipv4", zones)


def taken(stack: EksStack) -> Iterator[Taken]:
    """Yield what nodes take of the account's quotas, where their vCPUs are known."""
    yield from pools_take(stack.pools.values())
    system = stack.cluster.system_pool
    if vcpus := standard_vcpus(system.instance_type):
        path, quota = "cluster.systemPool", ec2_quota(system.instance_type, "on-demand")
        yield Taken(path=path, quota=quota, nodes=system.max_nodes, each=vcpus)
