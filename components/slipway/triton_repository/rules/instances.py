"""Instance groups against the pod's GPUs, and the memory of each GPU."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from slipway.checks import Finding
from slipway.triton_repository.backends import backend_of
from slipway.triton_repository.model import Model, Repository
from slipway.triton_repository.pod import Pod
from slipway.triton_repository.schema.instances import ModelInstanceGroup


def instance_findings(model: Model, place: str, pod: Pod) -> Iterator[Finding]:
    """Yield what is wrong with the model's instance groups."""
    groups = model.config.instance_group
    backend = backend_of(model)
    for index, group in enumerate(groups):
        path = f"{place}.instance_group[{index}]"
        if group.count < 0:
            message = f"{group.count} is no number of instances"
            yield Finding("triton.instance-count", f"{path}.count", message, "write 1 or more")
        if group.profile and (backend is None or backend.name != "tensorrt"):
            message = "only TensorRT has optimisation profiles"
            yield Finding("triton.instance-profile", f"{path}.profile", message, "leave it out")
        yield from _gpu_findings(group, path, pod)
    if groups and all(group.passive for group in groups):
        message = "all are passive: no instance takes requests, and the first request ends the server"
        remedy = "write passive: false for one of them"
        yield Finding("triton.instances-passive", f"{place}.instance_group", message, remedy)


def _gpu_findings(group: ModelInstanceGroup, path: str, pod: Pod) -> Iterator[Finding]:
    if group.kind in {"KIND_CPU", "KIND_MODEL"}:
        if group.gpus:
            message = f"{[*group.gpus]}, but {group.kind} has no GPUs to choose from"
            yield Finding("triton.gpu-kind", f"{path}.gpus", message, "leave gpus out, or write kind: KIND_GPU")
        return
    if group.kind == "KIND_GPU" and pod.gpus == 0:
        message = "KIND_GPU, but the pod has no GPU"
        yield Finding("triton.gpu-none", f"{path}.kind", message, "write KIND_CPU, or give the pod a GPU")
        return
    for gpu in group.gpus:
        if not 0 <= gpu < pod.gpus:
            known = f"it has {pod.gpus}: 0 to {pod.gpus - 1}" if pod.gpus else "it has none"
            remedy = "write indices that it has, or leave gpus out" if pod.gpus else "leave gpus out"
            yield Finding("triton.gpu-index", f"{path}.gpus", f"the pod has no GPU {gpu}; {known}", remedy)
    for gpu, count in Counter(group.gpus).items():
        if count > 1:
            message = f"GPU {gpu} stands {count} times"
            yield Finding("triton.gpu-twice", f"{path}.gpus", message, "name it once and raise count")


def share_findings(repository: Repository, place: str, pod: Pod) -> Iterator[Finding]:
    """Yield a warning for the GPUs of which several engines together take more than all that is free."""
    shares: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for model in repository.models:
        backend = backend_of(model)
        for gpu, share in backend.free_memory_share(model, pod) if backend else ():
            shares[gpu].append((model.name, share))
    for gpu, held in sorted(shares.items()):
        if sum(share for _, share in held) > 1:
            each = " + ".join(f"{name} {share:g}" for name, share in held)
            message = f"GPU {gpu}: {each} of what is free when each loads: too little may be left for the last"
            path = f"{place}.{held[-1][0]}.parameters.kv_cache_free_gpu_mem_fraction"
            yield Finding("triton.gpu-shares", path, message, "write shares that are 1 together at most", "warning")


def memory_findings(repository: Repository, place: str, pod: Pod) -> Iterator[Finding]:
    """Yield the GPUs whose memory the instances of all models together exceed."""
    parts: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for model in repository.models:
        backend = backend_of(model)
        for gpu, gib in backend.gpu_memory(model, pod) if backend else ():
            parts[gpu].append((model.name, gib))
    for gpu, held in sorted(parts.items()):
        wanted = sum(gib for _, gib in held)
        if wanted > pod.gpu_memory_gib:
            each = " + ".join(f"{name} {gib:.1f}" for name, gib in held)
            message = f"GPU {gpu}: {wanted:.1f} GiB are needed ({each}), and it has {pod.gpu_memory_gib:.1f}"
            remedy = "use fewer instances or smaller weights (8 bits in place of 16), or spread over more GPUs"
            yield Finding("triton.gpu-memory", f"{place}.{held[-1][0]}.instance_group", message, remedy)
