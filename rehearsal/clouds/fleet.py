"""The nodes of a stack's pools: they come with the pool's own resource and go with it."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence

from rehearsal.client import Client, Json
from rehearsal.clouds.existing import Existing
from rehearsal.nodes import POOL_LABEL, Pool, initial_nodes

CLUSTERS = frozenset({"aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"})
NODE_POOLS = frozenset({"aws:eks/nodeGroup:NodeGroup", "gcp:container/nodePool:NodePool"})


class Fleet:
    """The pools that exist.

    Args:
        client: of the API server at which the nodes register.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: Mapping[str, Pool] = {}
        self._resources: Collection[str] = ()
        self._owners: dict[str, str] = {}
        self._replaced: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    @property
    def pools(self) -> Mapping[str, Pool]:
        """Those that exist now, by name, in the order of preference."""
        with self._lock:
            return {name: pool for name, pool in self._known.items() if name in self._owners}

    def plan(self, pools: Sequence[Pool], resources: Collection[str]) -> None:
        """Take what a stack can have from now on.

        Args:
            pools: in the order of preference.
            resources: the names of those that are a resource; the others come with the cluster.
        """
        with self._lock:
            self._known, self._resources = {pool.name: pool for pool in pools}, resources

    def bring(self, pools: Iterable[Pool], owner: str = "") -> None:
        """Let the nodes of pools come, as many as they have at least; they go with the resource of this id.

        Nodes that a pool of this name has already go with the resource that it replaces.
        """
        for pool in pools:
            there = self._nodes(pool.name)
            with self._lock:
                replaced, self._owners[pool.name] = self._owners.get(pool.name), owner
                if replaced is not None:
                    self._replaced[replaced] = [node["metadata"]["name"] for node in there]
            for node in initial_nodes([pool], first=pool.maximum // pool.step if there else 0):
                if self._client.get(node) is None:
                    self._client.create(node)

    def made(self, existing: Existing) -> None:
        """Let the nodes of a pool come that has just been made."""
        self.bring(self._of(existing), existing.id)

    def gone(self, existing: Existing) -> None:
        """Drain the nodes of a pool that is about to go, and let them go."""
        with self._lock:
            owned = [name for name, owner in self._owners.items() if owner == existing.id]
            for name in owned:
                del self._owners[name]
            replaced = self._replaced.pop(existing.id, [])
        nodes = [node for name in owned for node in self._nodes(name)]
        nodes += [node for node in self._client.list("v1", "Node") if node["metadata"]["name"] in replaced]
        for node in nodes:
            self._client.patch(node, {"spec": {"unschedulable": True}})
        here = {node["metadata"]["name"] for node in nodes}
        for pod in self._client.list("v1", "Pod") if here else ():
            if pod["spec"].get("nodeName") in here:
                self._client.delete(pod)
        for node in nodes:
            self._client.delete(node)

    def _nodes(self, pool: str) -> list[Json]:
        return self._client.list("v1", "Node", labels=f"{POOL_LABEL}={pool}")

    def _of(self, existing: Existing) -> list[Pool]:
        with self._lock:
            if existing.type in NODE_POOLS:
                return [pool for name, pool in self._known.items() if name == existing.name]
            if existing.type in CLUSTERS:
                return [pool for name, pool in self._known.items() if name not in self._resources]
        return []
