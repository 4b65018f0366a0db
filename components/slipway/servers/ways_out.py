"""What a person can write where a server does not fit its chips: fewer requests, FP8, other chips, another pool."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf

from slipway.catalog.machines import MACHINES, Slice, slices_of
from slipway.checks import Finding, errors
from slipway.checks.fit import Change, Fit, any_of, written
from slipway.checks.placement import Pool, placement_findings
from slipway.checks.precision import precision_findings
from slipway.checks.settings import Settings
from slipway.servers.demand import demand
from slipway.servers.server import Place, Server

TENSOR_PARALLEL = "tensorParallel"


def keys_of(server: Settings, path: str = "") -> set[str]:
    """Return the keys that a block of the server may have in the stack file.

    Args:
        path: the last key on the way to the block, where it is within the server.
    """
    fields = type(server).model_fields.items()
    block: Settings = next((getattr(server, name) for name, info in fields if path in (info.alias, name)), server)
    return {info.alias or name for name, info in type(block).model_fields.items()}


def offered(server: Server, place: Place, pools: Mapping[str, Pool], found: Fit) -> Finding:
    """Return the refusal of a server that does not fit, with the changes that it can make, and where it does fit."""
    refusal = found.refusal
    assert refusal is not None
    keys = keys_of(server, refusal.path.rpartition(".")[2]) - (set() if server.any_model else {"model"})
    if place.slice and place.slice.topology:
        # A replica gets all chips of its slice, so more chips are another slice.
        keys -= {TENSOR_PARALLEL}
    changes = [change for change in found.changes if place.slice and _possible(change, refusal.path, place.slice)]
    ways = [change.words for change in changes if change.key in keys and change.key != "pool"]
    ways += list(_places(server, place, pools)) or [change.words for change in changes if change.key == "pool"]
    return replace(refusal, remedy=any_of(ways))


def _possible(change: Change, path: str, slice_: Slice) -> bool:
    """Whether the slice has the chips, and these the number formats."""
    chips = change.edit.get(TENSOR_PARALLEL, 1)
    return chips in range(slice_.devices + 1) and not errors(
        precision_findings(path, change.replica, slice_.machine.chip)
    )


def _places(server: Server, place: Place, pools: Mapping[str, Pool]) -> Iterator[str]:
    """Yield the stack's other pools where the server fits; without one, the smallest slice of the catalog."""
    other = False
    for pool, held in pools.items():
        chips = _chips_to_fit(server, place, held) if pool != server.pool else None
        if chips is not None:
            other = True
            yield written({"pool": pool} | ({TENSOR_PARALLEL: chips} if chips else {}))
    if other or server.pool not in pools:
        return
    mine = pools[server.pool]
    alike = [machine for machine in MACHINES.values() if _alike(mine, machine.provider, machine.chip.kind)]
    for slice_ in sorted(slices_of(alike), key=_size):
        pool = replace(
            mine, path="", machines=(slice_.machine,), topology=slice_.topology, max_nodes=slice_.hosts, disk_gib=inf
        )
        if (chips := _chips_to_fit(server, place, pool)) is not None:
            spread = f" with {written({TENSOR_PARALLEL: chips})}" if chips else ""
            yield f"a pool of {_written(slice_)}{spread}"
            return


def _alike(pool: Pool, provider: str, kind: str) -> bool:
    return (provider, kind) == (pool.machine.provider, pool.machine.chip.kind)


def _written(slice_: Slice) -> str:
    if slice_.topology is None:
        return slice_.machine.name
    return written({"machineType": slice_.machine.name, "topology": slice_.topology})


def _chips_to_fit(server: Server, place: Place, pool: Pool) -> int | None:
    """Return the chips of a pool over which the server fits, 0 for as many as now; None if it does not."""
    place = replace(place, slices=pool.slices)
    if pool.slice is None:
        return None
    spread = "tensor_parallel" in type(server).model_fields
    tried = (pool.devices,) if pool.topology else (0, 1, 2, 4, 8)
    for chips in tried if spread else (0,):
        candidate = server.model_copy(update={"tensor_parallel": chips}) if chips else server
        if _fits(candidate, place, pool):
            return chips
    return None


def _fits(server: Server, place: Place, pool: Pool) -> bool:
    for slice_ in place.slices:
        found = server.fit(place, slice_)
        if found is None or not found.ok:
            return False
        if errors(precision_findings("", found.replica, slice_.machine.chip)):
            return False
    nodes = server.scaling.max_replicas * pool.hosts
    alone = {server.pool: replace(pool, max_nodes=nodes)}
    return not placement_findings(alone, [demand(server, replace(place, path=""))])


def _size(slice_: Slice) -> tuple[int, float, int, int]:
    return slice_.chips, slice_.machine.chip.memory_gib, slice_.hosts, slice_.machine.vcpus
