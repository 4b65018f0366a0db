"""The chips that a pod computes on, from its own node selector or from the pool that it leads to."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.machines import CHIPS, GPU_RESOURCE, MACHINES, Chip
from rehearsal.nodes import Pool

TPU_LABEL, MACHINE_LABEL = "cloud.google.com/gke-tpu-accelerator", "node.kubernetes.io/instance-type"


class UnknownChipError(Exception):
    """Nothing says what a pod computes on."""


def chip(pod: Mapping[str, Any], pools: Iterable[Pool]) -> Chip:
    """Return a device that the containers of a pod's `spec` compute on.

    Raises:
        UnknownChipError: no pool with chips has the labels that the pod asks for.
    """
    selector: Mapping[str, str] = pod.get("nodeSelector", {})
    asked = next((each for each in CHIPS.values() if each.label == selector.get(TPU_LABEL)), None)
    if asked:
        return asked.device
    leading = (pool.labels for pool in pools if selector.items() <= pool.labels.items())
    machine = next((MACHINES[type_] for each in leading if (type_ := each[MACHINE_LABEL]) in MACHINES), None)
    if machine is None:
        raise UnknownChipError(f"no pool with chips has the labels {dict(selector)} that the pod asks for")
    return machine.chip.device


def gpus(pod: Mapping[str, Any]) -> int:
    """Return how many GPUs the containers of a pod's `spec` get."""
    limits = (container.get("resources", {}).get("limits", {}) for container in pod["containers"])
    return sum(int(each.get(GPU_RESOURCE, 0)) for each in limits)
