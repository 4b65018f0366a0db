"""What is known of a pool of GKE, by which servers on it are judged. Plain data: importing it loads no cloud SDK."""

from collections.abc import Sequence
from math import inf

from slipway.catalog.machines import known
from slipway.checks.placement import Pool
from slipway.gke.settings import PoolArgs, StandardPoolArgs


def facts(path: str, args: PoolArgs, *, zones: Sequence[str] = (), zones_path: str | None = None) -> Pool | None:
    """Return a pool; nothing where its machine, or the slice of it, is not known.

    Args:
        path: where findings say that it is.
        zones: of its nodes, where they are known.
        zones_path: where findings say that these are; with the pool if left out.
    """
    machines = known([args.machine_type], "gke")
    if not machines:
        return None
    standard = isinstance(args, StandardPoolArgs)
    pool = Pool(
        path=path,
        machines=machines,
        topology=machines[0].likely_topology(args.topology),
        min_nodes=args.min_nodes if standard else 0,
        max_nodes=args.max_nodes,
        disk_gib=machines[0].disk_gib(args.boot_disk_gib) if standard else inf,
        disk_key="bootDiskGib",
        purchase=args.capacity.type,
        zones=tuple(zones),
        zones_path=zones_path or f"{path}.zones",
        reserved_nodes=getattr(args.capacity, "nodes", None),
    )
    return pool if pool.slice else None
