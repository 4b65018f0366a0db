"""What is known of nodes that are there already, by which servers are judged. Importing it loads no cloud SDK."""

from slipway.catalog.machines import known
from slipway.checks.placement import Pool
from slipway.existing.settings import ExistingPoolArgs


def facts(path: str, args: ExistingPoolArgs) -> Pool | None:
    """Return a pool; nothing where its machine, or the slice of it, is not known.

    Args:
        path: where findings say that it is.
    """
    machines = known([args.machine_type])
    if not machines:
        return None
    pool = Pool(
        path=path,
        machines=machines,
        topology=machines[0].likely_topology(args.topology),
        min_nodes=0,
        max_nodes=args.max_nodes,
        disk_gib=args.disk_gib,
        disk_key="diskGib",
        purchase="on-demand",
        zones=(),
        zones_path="",
        driver=args.driver,
    )
    return pool if pool.slice else None
