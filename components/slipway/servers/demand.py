"""What one server takes: of its chips, and of the nodes of its pool."""

from slipway.checks.fit import Fit
from slipway.checks.placement import Demand
from slipway.servers.server import Place, Server


def fits(server: Server, place: Place) -> list[Fit]:
    """Return how a server fits each machine of its pool; none where something else of it is wrong already."""
    return [fit for slice_ in place.slices if (fit := server.fit(place, slice_))]


def demand(server: Server, place: Place) -> Demand:
    """Return what a server asks of its pool."""
    needs = server.needs(place)
    return Demand(
        path=place.path,
        pool=server.pool,
        chips=needs.chips,
        memory_gib=needs.memory_gib + needs.shared_memory_gib + needs.cache_gib,
        disk_gib=needs.disk_gib,
        image_gib=needs.image_gib,
        cpus=needs.cpus,
        min_replicas=server.scaling.min_replicas,
        max_replicas=server.scaling.max_replicas,
        surge=server.rollout.surge,
    )
