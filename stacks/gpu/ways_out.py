"""What a person can write where a server does not fit its GPUs: fewer requests, other GPUs, another pool."""

from collections.abc import Iterator

from catalog.machines import MACHINES, Machine
from checks import Finding, errors
from checks.fit import Change, Fit, written
from checks.placement import Demand, Pool, placement_findings
from checks.precision import precision_findings
from stacks.gpu.servers import GpuServer, Models
from stacks.gpu.serving import GpuServing
from stacks.ways_out import keys_of, with_ways_out

TENSOR_PARALLEL = "tensorParallel"


def demand(path: str, server: GpuServer, models: Models) -> Demand:
    """Return what a server asks of its pool.

    Args:
        path: where the server is in the stack file.
        models: those that the stack knows.
    """
    needs = server.needs(models)
    return Demand(
        path=path,
        pool=server.pool,
        chips=needs.gpus,
        memory_gib=needs.memory_gib + needs.shared_memory_gib,
        disk_gib=needs.disk_gib,
        image_gib=needs.image_gib,
        cpus=needs.cpus,
        min_replicas=server.scaling.min_replicas,
        max_replicas=server.scaling.max_replicas,
    )


def offered(settings: GpuServing, name: str, found: Fit, refusal: Finding, machine: Machine) -> Finding:
    """Return a refusal with the changes that this server on this machine can make, and the pools where it fits."""
    server = settings.servers[name]
    keys = keys_of(server) - (set() if server.any_model else {"model"})
    changes = [change for change in found.changes if _possible(change, refusal.path, machine)]
    return with_ways_out(refusal, changes, keys, _places(settings, name))


def _possible(change: Change, path: str, machine: Machine) -> bool:
    """Whether the machine has the GPUs, and the GPU the number formats."""
    gpus = change.edit.get(TENSOR_PARALLEL, 1)
    return gpus in range(machine.chips + 1) and not errors(precision_findings(path, change.replica, machine.chip))


def _places(settings: GpuServing, name: str) -> Iterator[str]:
    """Yield the stack's other pools where the server fits; without one, the smallest machine of the catalog."""
    server, other = settings.servers[name], False
    for pool, shape in settings.gpu_pools.items():
        gpus = _gpus_to_fit(settings, name, shape) if pool != server.pool else None
        if gpus is not None:
            other = True
            yield written({"pool": pool} | ({TENSOR_PARALLEL: gpus} if gpus else {}))
    if other:
        return
    alike = {pool.machine.provider for pool in settings.gpu_pools.values()}
    known = (each for each in MACHINES.values() if each.chip.kind == "gpu" and each.provider in alike)
    for machine in sorted(known, key=_size):
        gpus = _gpus_to_fit(settings, name, _pool_of(machine, 1, float("inf")))
        if gpus is not None:
            yield f"a pool of {machine.name}" + (f" with {written({TENSOR_PARALLEL: gpus})}" if gpus else "")
            return


def _gpus_to_fit(settings: GpuServing, name: str, pool: Pool) -> int | None:
    """Return the GPUs of a pool's machine over which the server fits, 0 for as many as now; None if it does not."""
    server, machine, models = settings.servers[name], pool.machine, settings.models
    spread = "tensor_parallel" in type(server).model_fields
    for gpus in (0, 1, 2, 4, 8) if spread else (0,):
        candidate = server.model_copy(update={"tensor_parallel": gpus}) if gpus else server
        found = candidate.fit("", models, machine)
        if found is None or not found.ok or errors(precision_findings("", found.replica, machine.chip)):
            continue
        alone = {server.pool: _pool_of(machine, server.scaling.max_replicas, pool.disk_gib)}
        if not placement_findings(alone, [demand("", candidate, models)]):
            return gpus
    return None


def _pool_of(machine: Machine, max_nodes: int, disk_gib: float) -> Pool:
    return Pool(
        path="",
        machines=(machine,),
        min_nodes=0,
        max_nodes=max_nodes,
        disk_gib=disk_gib,
        disk_key=None,
        purchase="on-demand",
        zones=(),
        zones_path="",
    )


def _size(machine: Machine) -> tuple[int, float, int]:
    return machine.chips, machine.chip.memory_gib, machine.vcpus
