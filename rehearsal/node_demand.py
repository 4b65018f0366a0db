"""Which nodes a cloud's node autoscaler would add for the pods that wait, as a pure function of nodes and pods."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rehearsal import scheduling
from rehearsal.client import Json
from rehearsal.nodes import POOL_LABEL, STEP_LABEL, Pool, nodes_of_step


class Step(NamedTuple):
    """Nodes that come and go together: the pool's name and a number in the pool."""

    pool: str
    number: int


@dataclass(slots=True)
class _Room:
    node: Json
    left: scheduling.Resources


def wanted(
    pools: Sequence[Pool], nodes: Iterable[Json], pods: Collection[Json], coming: Collection[Step]
) -> list[Step]:
    """Return the steps to add so that every pending pod that a pool could hold has a node, on the way or new.

    Args:
        pools: in the order of preference.
        nodes: those that are there.
        pods: all; those that the scheduler called unschedulable are placed.
        coming: steps decided before, whose nodes are still to come or came just now.
    """
    by_name = {pool.name: pool for pool in pools}
    on_node: dict[str, list[Json]] = defaultdict(list)
    for pod in pods:
        if pod["spec"].get("nodeName") and not _ended(pod):
            on_node[pod["spec"]["nodeName"]].append(pod)
    rooms = [
        _Room(node, scheduling.free(node, on_node[node["metadata"]["name"]]))
        for step in coming
        for node in nodes_of_step(by_name[step.pool], step.number)
    ]
    taken = {*by_step(nodes), *coming}
    added: list[Step] = []
    for pod in filter(_unschedulable, pods):
        room = _find(pod, rooms)
        if room is None:
            new = _step_for(pod, pools, taken)
            if new is None:
                continue
            added.append(new)
            taken.add(new)
            fresh = [_Room(node, scheduling.free(node, [])) for node in nodes_of_step(by_name[new.pool], new.number)]
            rooms += fresh
            room = fresh[0]
        room.left = scheduling.take(room.left, pod)
    return added


def by_step(nodes: Iterable[Json]) -> dict[Step, list[Json]]:
    """Return the nodes of pools, by the step to which they belong."""
    steps: dict[Step, list[Json]] = defaultdict(list)
    for node in nodes:
        labels = node["metadata"].get("labels", {})
        if POOL_LABEL in labels:
            steps[Step(labels[POOL_LABEL], int(labels[STEP_LABEL]))].append(node)
    return steps


def _find(pod: Json, rooms: Iterable[_Room]) -> _Room | None:
    return next((room for room in rooms if scheduling.fits(pod, room.node, room.left)), None)


def _step_for(pod: Json, pools: Sequence[Pool], taken: set[Step]) -> Step | None:
    for pool in pools:
        free = (step for number in range(pool.maximum // pool.step) if (step := Step(pool.name, number)) not in taken)
        step = next(free, None)
        if step and _find(pod, [_Room(node, scheduling.free(node, [])) for node in nodes_of_step(pool, step.number)]):
            return step
    return None


def _unschedulable(pod: Json) -> bool:
    return not pod["metadata"].get("deletionTimestamp") and any(
        each["type"] == "PodScheduled" and each.get("reason") == "Unschedulable"
        for each in pod.get("status", {}).get("conditions", [])
    )


def _ended(pod: Json) -> bool:
    return pod.get("status", {}).get("phase") in ("Succeeded", "Failed")


def needs_its_node(pod: Json) -> bool:
    """Tell whether a node may not go while this pod is on it."""
    owners = pod["metadata"].get("ownerReferences", [])
    return not _ended(pod) and not any(owner["kind"] == "DaemonSet" for owner in owners)
