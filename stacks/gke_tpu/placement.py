"""What the pools of a `gke-tpu` stack hold, what they take of quotas, and what its servers ask of them."""

from collections.abc import Iterator
from math import inf

from catalog.footprint import RUNTIME_MEMORY_GIB, SHARED_MEMORY_GIB, file_cache_gib
from catalog.machines import MACHINES
from catalog.quotas import counted, quota_of
from checks.placement import Demand, Pool
from checks.quota import Taken
from components.gke.settings import Reservation, TpuPoolArgs
from stacks.gke_tpu import GkeTpu, TpuServer
from stacks.gke_tpu.figures import slice_of


def pools(settings: GkeTpu) -> dict[str, Pool]:
    """Return the pools whose slices are known."""
    return {
        name: Pool(
            path=f"cluster.pools.{name}",
            machines=(chips.machine,),
            topology=chips.topology,
            min_nodes=args.min_nodes if isinstance(args, TpuPoolArgs) else 0,
            max_nodes=args.max_nodes,
            disk_gib=inf,
            disk_key=None,
            purchase=args.capacity.type,
            zones=tuple(settings.zones(args)) if isinstance(args, TpuPoolArgs) else (),
            zones_path=f"cluster.pools.{name}.zones",
        )
        for name, args in settings.cluster.pools.items()
        if (chips := slice_of(settings, name))
    }


def taken(settings: GkeTpu) -> Iterator[Taken]:
    """Yield what nodes take of the project's quotas, where their chips are known."""
    for name, pool in settings.cluster.pools.items():
        if machine := MACHINES.get(pool.machine_type):
            yield Taken(
                path=f"cluster.pools.{name}",
                quota=quota_of(machine, pool.capacity.type),
                nodes=pool.max_nodes,
                each=counted(machine),
                reserved_nodes=pool.capacity.nodes if isinstance(pool.capacity, Reservation) else None,
            )


def demands(settings: GkeTpu) -> list[Demand]:
    """Return what servers ask of their pools, except of pools that have a finding of their own."""
    return [
        Demand(
            path=f"servers.{name}",
            pool=server.pool,
            chips=_chips(settings, server),
            min_replicas=server.autoscaling.min_replicas,
            max_replicas=server.autoscaling.max_replicas,
            memory_gib=_memory_gib(settings, server),
        )
        for name, server in settings.servers.items()
        if server.pool not in settings.cluster.pools or slice_of(settings, server.pool)
    ]


def _chips(settings: GkeTpu, server: TpuServer) -> int:
    """Return the chips of a replica, of which each may be several devices."""
    chips = slice_of(settings, server.pool)
    return server.tensor_parallel // chips.machine.chip.devices if chips else server.tensor_parallel


def _memory_gib(settings: GkeTpu, server: TpuServer) -> int:
    """Return main memory of a pod, GiB; of an unknown model, which has a finding of its own, without its files."""
    model = settings.models.get(server.model)
    cache = file_cache_gib(model) if model else 0
    return RUNTIME_MEMORY_GIB + SHARED_MEMORY_GIB + cache
