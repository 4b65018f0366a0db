"""A double of a cloud's node autoscaler: pending pods add nodes of the pools, and nodes without pods go again.

`node_demand` says which nodes to add: of the first pool, in the order given, that could hold a pod. It does not move
pods together to empty a node, nor does it know prices.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx2

from rehearsal.client import ApiError, Client, Json
from rehearsal.loop import Loop
from rehearsal.mirror import Mirror
from rehearsal.node_demand import Step, by_step, needs_its_node, wanted
from rehearsal.nodes import Pool, nodes_of_step

TICK_SECONDS = 0.2
SETTLE_SECONDS = 10
"""A new node counts as on its way for so long, as the scheduler may take that long (its backoff) to try a pod again."""


@dataclass(slots=True)
class _Coming:
    due: float
    settled: float | None = None


class NodeAutoscaler(Loop):
    """A context manager inside which nodes follow the pods.

    Args:
        client: the connection.
        pools: gives those that exist now by name, in the order of preference.
        nodes: mirror of the nodes.
        pods: mirror of the pods.
        add_seconds: from the decision until the node is there.
        remove_seconds: how long a node must be without pods, those of DaemonSets aside; a new node gets
            `SETTLE_SECONDS` more until its first pod comes.
    """

    def __init__(
        self,
        client: Client,
        pools: Callable[[], Mapping[str, Pool]],
        *,
        nodes: Mirror,
        pods: Mirror,
        add_seconds: float,
        remove_seconds: float,
    ) -> None:
        self._client = client
        self._given, self._pools = pools, pools()
        self._nodes = nodes
        self._pods = pods
        self._add_seconds = add_seconds
        self._remove_seconds = remove_seconds
        self._coming: dict[Step, _Coming] = {}
        self._idle_since: dict[Step, float] = {}
        super().__init__("node autoscaler", TICK_SECONDS, self._try)

    def _try(self) -> None:
        # While the API server is away or busy, what is due stays due.
        with suppress(ApiError, httpx2.TransportError):
            self._look(time.monotonic())

    def _look(self, now: float) -> None:
        self._pools = self._given()
        nodes, pods = self._nodes.objects, self._pods.objects
        steps = by_step(nodes)
        for step, coming in list(self._coming.items()):
            if step.pool not in self._pools:
                del self._coming[step]
            elif coming.settled is not None:
                if coming.settled <= now:
                    del self._coming[step]
            elif len(steps.get(step, [])) == self._pools[step.pool].step:
                coming.settled = self._idle_since[step] = now + SETTLE_SECONDS
            elif coming.due <= now:
                self._create(step)
        for step in wanted(tuple(self._pools.values()), nodes, pods, self._coming):
            self._coming[step] = _Coming(due=now + self._add_seconds)
        self._remove_idle(steps, pods, now)

    def _create(self, step: Step) -> None:
        for node in nodes_of_step(self._pools[step.pool], step.number):
            if self._client.get(node) is None:
                self._client.create(node)

    def _remove_idle(self, steps: dict[Step, list[Json]], pods: list[Json], now: float) -> None:
        busy = {pod["spec"].get("nodeName") for pod in pods if needs_its_node(pod)}
        for step in sorted(steps, reverse=True):
            pool = self._pools.get(step.pool)
            if pool is None or any(node["metadata"]["name"] in busy for node in steps[step]):
                self._idle_since.pop(step, None)
            elif self._idle_since.setdefault(step, now) + self._remove_seconds <= now:
                others = sum(len(nodes) for other, nodes in steps.items() if other.pool == step.pool and other != step)
                if others >= pool.minimum and self._remove(steps[step]):
                    del self._idle_since[step], steps[step]

    def _remove(self, nodes: list[Json]) -> bool:
        for node in nodes:
            self._client.patch(node, {"spec": {"unschedulable": True}})
        names = {node["metadata"]["name"] for node in nodes}
        late = [pod for pod in self._client.list("v1", "Pod") if pod["spec"].get("nodeName") in names]
        if any(needs_its_node(pod) for pod in late):
            for node in nodes:
                self._client.patch(node, {"spec": {"unschedulable": None}})
            return False
        for node in nodes:
            self._client.delete(node)
        return True
