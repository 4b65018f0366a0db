"""The chips that a pod computes on, from its own node selector or from the pool that it leads to."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.machines import CHIPS, GPU_RESOURCE, MACHINES, TPU_RESOURCE, Chip
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


def lacking(pod: Mapping[str, Any], chips: int, pools: Iterable[Pool]) -> str:
    """Say why an engine that shards over so many chips does not get them in its pod; empty if it does.

    Args:
        pod: the `spec`.
        chips: how many; 0 for as many as the pod gets.
        pools: the nodes that there can be.
    """
    limits = [container.get("resources", {}).get("limits", {}) for container in pod["containers"]]
    asked = sum(int(each.get(name, 0)) for each in limits for name in (GPU_RESOURCE, TPU_RESOURCE))
    if asked < chips:
        return f"its pod asks for {asked} chips, and the engine shards over {chips}"
    tpus, selector = sum(int(each.get(TPU_RESOURCE, 0)) for each in limits), pod.get("nodeSelector", {})
    machines = {
        int(pool.capacity[TPU_RESOURCE])
        for pool in pools
        if TPU_RESOURCE in pool.capacity and selector.items() <= pool.labels.items()
    }
    if tpus and machines and tpus not in machines:
        whole = ", ".join(map(str, sorted(machines)))
        return f"its pod asks for {tpus} of {whole} TPU chips, and a pod gets all chips of a machine or none"
    return ""
