"""What a cluster that is there already has, as its stack file states it, for whoever plays the stack."""

from typing import TYPE_CHECKING

from slipway.addons.monitoring_settings import ADAPTER, STACK
from slipway.checks.judged import NodesThere, There
from slipway.checks.placement import Pool
from slipway.checks.signals.assembly import Release
from slipway.existing.settings import ExistingPoolArgs
from stacks.metrics import InstalledMetrics, Metrics

if TYPE_CHECKING:
    from stacks.clusters.existing import ExistingStack


def there(stack: "ExistingStack") -> There:
    """Return what the cluster of a stack has before the stack comes."""
    args = stack.cluster
    return There(
        nodes={name: _nodes(args.pools[name], pool) for name, pool in stack.pools.items()},
        addons=frozenset(args.present),
        releases=_releases(stack.metrics),
        claims=[f"{stack.namespace}/{args.claim}"] if args.claim else [],
    )


def _nodes(args: ExistingPoolArgs, pool: Pool) -> NodesThere:
    return NodesThere(
        slice=pool.slices[0],
        labels=args.node_selector,
        taints=args.taint_triples,
        resource=args.resource or pool.machine.chip.resource,
        most=pool.max_nodes,
        disk_gib=args.disk_gib,
    )


def _releases(metrics: Metrics) -> list[Release]:
    if not isinstance(metrics, InstalledMetrics):
        return []
    charts = {STACK: metrics.stack, ADAPTER: metrics.adapter}
    return [Release(name, each.release, each.namespace, each.values) for name, each in charts.items()]
