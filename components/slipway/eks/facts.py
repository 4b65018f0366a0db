"""What is known of a pool of EKS, by which servers on it are judged. Plain data: importing it loads no cloud SDK."""

from collections.abc import Sequence

from slipway.catalog.drivers import EKS_DRIVER
from slipway.catalog.machines import known
from slipway.checks.placement import Pool
from slipway.eks.settings import GpuPoolArgs


def facts(path: str, args: GpuPoolArgs, *, zones: Sequence[str] = (), zones_path: str | None = None) -> Pool | None:
    """Return a pool; nothing where one of its machines is not known.

    Args:
        path: where findings say that it is.
        zones: of its nodes, where they are known.
        zones_path: where findings say that these are; with the pool if left out.
    """
    machines = known(args.instance_type, "eks")
    if not machines or len(machines) < len(args.instance_type):
        return None
    return Pool(
        path=path,
        machines=machines,
        min_nodes=args.min_nodes,
        max_nodes=args.max_nodes,
        disk_gib=min(machine.disk_gib(args.root_volume_gib) for machine in machines),
        disk_key=None if machines[0].images_on_local_disks else "rootVolumeGib",
        purchase=args.capacity.type,
        zones=tuple(zones),
        zones_path=zones_path or f"{path}.zones",
        reserved_nodes=getattr(args.capacity, "nodes", None),
        machine_key="instanceType",
        driver=EKS_DRIVER,
    )
