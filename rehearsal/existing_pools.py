"""The nodes of a cluster that is there already, as far as servers are judged by them.

No resource makes them, so each is the judged machine with the labels that its server's pods ask for. Taints do not
show: a pod that does not tolerate those that the stack file states is not kept off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite

from rehearsal.client import Json
from rehearsal.machines import GKE_DISK_GIB, Machine
from rehearsal.nodes import Pool
from slipway.checks.judged import Judged


def pools(judged: Judged, manifests: Iterable[Json]) -> list[Pool]:
    """Return the pools of a stack's servers, each with no node to begin with.

    Args:
        judged: the stack.
        manifests: its Kubernetes objects.
    """
    found: dict[str, Pool] = {}
    for manifest in manifests:
        template: Json = manifest.get("spec", {}).get("template") or {}
        server = judged.server_of(template.get("metadata", {}).get("labels", {}))
        if server is None:
            continue
        machine = server.slice.machine
        node = Machine.on_gke(machine.name)
        disk_gib = server.disk_gib if isfinite(server.disk_gib) else GKE_DISK_GIB
        chips = dict.fromkeys(_resources(template["spec"]) - {"cpu", "memory", "ephemeral-storage"}, str(machine.chips))
        labels: Mapping[str, str] = template["spec"].get("nodeSelector", {})
        known = found.get(server.pool)
        found[server.pool] = (
            replace(known, labels={**known.labels, **labels})
            if known
            else Pool(
                name=server.pool,
                minimum=0,
                maximum=server.max_nodes,
                labels={"node.kubernetes.io/instance-type": machine.name, **labels},
                capacity={**node.capacity(disk_gib), **chips},
                allocatable={**node.allocatable(disk_gib), **chips},
                step=server.slice.hosts,
            )
        )
    return list(found.values())


def _resources(pod: Json) -> set[str]:
    limits = (container.get("resources", {}).get("limits", {}) for container in pod["containers"])
    return {name for each in limits for name in each}
