"""The chips that a pod gets, and whether its engine starts with them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.engine.engine import Surroundings
from slipway.catalog.machines import TPU_RESOURCE


def lacking(pod: Mapping[str, Any], chips: int, around: Surroundings) -> str:
    """Say why an engine that shards over so many chips does not get them in its pod; empty if it does.

    Args:
        pod: the `spec`.
        chips: how many; 0 for as many as the pod gets.
        around: the nodes that there can be, and what pods ask for there.
    """
    limits = [container.get("resources", {}).get("limits", {}) for container in pod["containers"]]
    asked = sum(int(each.get(name, 0)) for each in limits for name in around.resources)
    if asked < chips:
        return f"its pod asks for {asked} chips, and the engine shards over {chips}"
    tpus, selector = sum(int(each.get(TPU_RESOURCE, 0)) for each in limits), pod.get("nodeSelector", {})
    machines = {
        int(pool.capacity[TPU_RESOURCE])
        for pool in around.pools
        if TPU_RESOURCE in pool.capacity and selector.items() <= pool.labels.items()
    }
    if tpus and machines and tpus not in machines:
        whole = ", ".join(map(str, sorted(machines)))
        return f"its pod asks for {tpus} of {whole} TPU chips, and a pod gets all chips of a machine or none"
    return ""
