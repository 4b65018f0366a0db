"""The chips that a pod gets, and whether its engine starts with them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal.nodes import Pool
from slipway.catalog.machines import GPU_RESOURCE, TPU_RESOURCE


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
