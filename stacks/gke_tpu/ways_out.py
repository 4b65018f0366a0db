"""What a person can write where a server does not fit its TPU slice: fewer requests, FP8, another slice."""

from collections.abc import Iterator

from catalog.machines import MACHINES, slices_of
from checks import Finding
from checks.fit import Fit, written
from stacks.gke_tpu import GkeTpu
from stacks.gke_tpu.figures import fit_on, slice_of
from stacks.ways_out import keys_of, with_ways_out


def offered(settings: GkeTpu, name: str, found: Fit, refusal: Finding) -> Finding:
    """Return a refusal with the changes that the server can make, and the slices on which it fits.

    A replica gets all chips of its slice, so more chips are another slice.
    """
    keys = keys_of(settings.servers[name]) - {"tensorParallel"}
    return with_ways_out(refusal, found.changes, keys, _places(settings, name))


def _places(settings: GkeTpu, name: str) -> Iterator[str]:
    """Yield the stack's other pools whose slices hold the server; without one, the smallest slice of the catalog."""
    server, other = settings.servers[name], False
    for pool in settings.cluster.pools:
        chips = slice_of(settings, pool)
        if pool != server.pool and chips is not None and fit_on(settings, name, chips).ok:
            other = True
            yield written({"pool": pool, "tensorParallel": chips.devices})
    if other:
        return
    slices = (each for each in slices_of(MACHINES.values()) if each.topology)
    for chips in sorted(slices, key=lambda each: (each.chips, each.hosts, each.hbm_gib)):
        if fit_on(settings, name, chips).ok:
            slice_ = written({"machineType": chips.machine.name, "topology": str(chips.topology)})
            yield f"a pool of {slice_} with tensorParallel: {chips.devices}"
            return
