"""What a stack on GKE buys by time."""

from collections.abc import Mapping

from slipway.checks.bill import PricedItem
from slipway.gke.network_settings import NewNetworkArgs
from slipway.gke.settings import StandardClusterArgs
from slipway.serving.exposure import ClusterOnly
from stacks.clusters.gke import GkeStack


def priced(stack: GkeStack, fewest: Mapping[str, int]) -> list[PricedItem]:
    """Return what is bought by time; the bucket's size is the models', which depends on what is downloaded."""
    cluster, region = stack.cluster, stack.region

    def one(path: str, name: str, item: str, low: float = 1, high: float = 1) -> PricedItem:
        return PricedItem(path=path, name=name, item=item, region=region, low=low, high=high)

    items = [one("cluster", "control plane", "gke-cluster")]
    if isinstance(stack.network, NewNetworkArgs):
        items.append(one("network", "Cloud NAT", "gcp-nat-gateway"))
    if isinstance(cluster, StandardClusterArgs):
        system = cluster.system_pool
        low = min(system.min_nodes, system.max_nodes)
        items.append(one("cluster.systemPool", "system pool", system.machine_type, low, system.max_nodes))
    items += [
        PricedItem(
            path=pool.path,
            name=f"pool {name}",
            item=pool.machine.name,
            region=region,
            low=fewest[name],
            high=pool.max_nodes,
            purchase=pool.purchase,
        )
        for name, pool in stack.pools.items()
    ]
    items += [
        one(f"servers.{name}.exposure", f"load balancer of {name}", "gcp-forwarding-rule")
        for name, server in stack.servers.items()
        if not isinstance(server.exposure, ClusterOnly)
    ]
    return items
