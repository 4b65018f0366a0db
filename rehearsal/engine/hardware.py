"""The chips that a pod computes on, from its own node selector or from the pool that it leads to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.accelerators import TPU_MACHINES, TRILLIUM
from catalog.gpu_machines import A10G, GPU_MACHINES, GPU_RESOURCE, H100, H200, L4, L40S
from rehearsal.nodes import Pool

TPU_LABEL, MACHINE_LABEL = "cloud.google.com/gke-tpu-accelerator", "node.kubernetes.io/instance-type"


@dataclass(frozen=True, slots=True)
class Chip:
    """One TPU chip or GPU.

    Attributes:
        memory_gib: as its driver or runtime reports it.
        flops: dense bfloat16 operations a second at peak.
        bandwidth: bytes a second from its memory at peak.
        is_gpu: whether it is a GPU.
    """

    name: str
    memory_gib: float
    flops: float
    bandwidth: float
    is_gpu: bool


def _gpu(gpu: Any, teraflops: float, gigabytes_per_second: float) -> Chip:
    return Chip(gpu.name, gpu.memory_gib, teraflops * 1e12, gigabytes_per_second * 1e9, is_gpu=True)


CHIPS: Mapping[str, Chip] = {
    chip.name: chip
    for chip in (
        Chip(TRILLIUM.name, TRILLIUM.hbm_gib, 918e12, 1638e9, is_gpu=False),
        _gpu(A10G, 70, 600),
        _gpu(L4, 121, 300),
        _gpu(L40S, 362, 864),
        _gpu(H100, 989, 3350),
        _gpu(H200, 989, 4800),
    )
}
"""Peak rates. TPU: https://docs.cloud.google.com/tpu/docs/v6e, "System architecture"; GPUs: NVIDIA's data sheets,
without sparsity, of the A10G the 70 teraflops that AWS states for g5."""


class UnknownChipError(Exception):
    """Nothing says what a pod computes on, or the rates of that are not known."""


def chip(pod: Mapping[str, Any], pools: Iterable[Pool]) -> Chip:
    """Return what the containers of a pod's `spec` compute on.

    Raises:
        UnknownChipError: no pool with chips has the labels that the pod asks for, or their rates are not known.
    """
    selector: Mapping[str, str] = pod.get("nodeSelector", {})
    if TPU_LABEL in selector:
        machines = TPU_MACHINES.values()
        name = next(each.generation.name for each in machines if each.generation.accelerator == selector[TPU_LABEL])
    else:
        leading = (pool.labels for pool in pools if selector.items() <= pool.labels.items())
        machine = next(
            (GPU_MACHINES[type_] for each in leading if (type_ := each[MACHINE_LABEL]) in GPU_MACHINES), None
        )
        if machine is None:
            raise UnknownChipError(f"no pool of GPUs has the labels {dict(selector)} that the pod asks for")
        name = machine.gpu.name
    if name not in CHIPS:
        raise UnknownChipError(f"the rates of {name} are not known; add them to rehearsal/engine/hardware.py")
    return CHIPS[name]


def gpus(pod: Mapping[str, Any]) -> int:
    """Return how many GPUs the containers of a pod's `spec` get."""
    limits = (container.get("resources", {}).get("limits", {}) for container in pod["containers"])
    return sum(int(each.get(GPU_RESOURCE, 0)) for each in limits)
