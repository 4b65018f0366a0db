"""What the pools of a `gke-tpu` stack hold, what they take of quotas, and what its servers ask of them."""

from collections.abc import Iterator

from catalog.accelerators import TPU_MACHINES
from catalog.daemons import GKE_TPU
from catalog.footprint import RUNTIME_MEMORY_GIB, SHARED_MEMORY_GIB, file_cache_gib
from catalog.quotas import tpu_quota
from checks.daemons import memory_left_gib
from checks.tpu_placement import Demand, Pool
from checks.quota import Taken
from components.gke.settings import Reservation
from stacks.gke_tpu import GkeTpu, TpuServer
from stacks.gke_tpu.figures import slice_of


def pools(settings: GkeTpu) -> dict[str, Pool]:
    """Return the pools whose slices are known."""
    return {
        name: Pool(
            path=f"cluster.pools.{name}",
            max_nodes=args.max_nodes,
            chips=chips.chips,
            hosts=chips.hosts,
            memory_gib=memory_left_gib(chips.machine.allocatable_memory_gib, GKE_TPU),
        )
        for name, args in settings.cluster.pools.items()
        if (chips := slice_of(settings, name))
    }


def taken(settings: GkeTpu) -> Iterator[Taken]:
    """Yield what nodes take of the project's quotas, where their chips are known."""
    for name, pool in settings.cluster.pools.items():
        if machine := TPU_MACHINES.get(pool.machine_type):
            yield Taken(
                path=f"cluster.pools.{name}",
                quota=tpu_quota(pool.capacity.type),
                nodes=pool.max_nodes,
                each=machine.chips,
                reserved_nodes=pool.capacity.nodes if isinstance(pool.capacity, Reservation) else None,
            )


def demands(settings: GkeTpu) -> list[Demand]:
    """Return what servers ask of their pools, except of pools that have a finding of their own."""
    return [
        Demand(
            path=f"servers.{name}",
            pool=server.pool,
            chips=server.tensor_parallel,
            min_replicas=server.autoscaling.min_replicas,
            max_replicas=server.autoscaling.max_replicas,
            memory_gib=_memory_gib(settings, server),
        )
        for name, server in settings.servers.items()
        if server.pool not in settings.cluster.pools or slice_of(settings, server.pool)
    ]


def _memory_gib(settings: GkeTpu, server: TpuServer) -> int:
    """Return main memory of a pod, GiB; of an unknown model, which has a finding of its own, without its files."""
    model = settings.models.get(server.model)
    cache = file_cache_gib(model) if model else 0
    return RUNTIME_MEMORY_GIB + SHARED_MEMORY_GIB + cache
