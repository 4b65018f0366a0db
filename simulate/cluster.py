"""Pods and nodes over time: what lies between a number of replicas and engines that answer.

As in a cluster: a pod that fits nowhere makes the node autoscaler add nodes, a new node pulls the image once, the
engine loads, and a workload that shrinks loses first the pods that are least far, of these the newest.
"""

from dataclasses import dataclass
from math import ceil, inf
from typing import Literal

from simulate.scenario import Scenario

Stage = Literal["unscheduled", "pulling", "loading", "ready"]


@dataclass(slots=True)
class Nodes:
    """Nodes that come together.

    Attributes:
        there: when they are there.
        image: when they have the image.
        idle_since: since when no pod is on them.
    """

    there: float
    image: float
    idle_since: float


@dataclass(slots=True)
class Replica:
    """A pod of the server.

    Attributes:
        started: when its container starts; infinity while it has no node.
        answers: when the engine answers.
    """

    number: int
    nodes: Nodes | None = None
    started: float = inf
    answers: float = inf

    @property
    def name(self) -> str:
        """The pod's name."""
        return f"pod-{self.number}"

    def stage(self, now: float) -> Stage:
        """Return how far it is."""
        if self.nodes is None:
            return "unscheduled"
        if now < self.started:
            return "pulling"
        return "loading" if now < self.answers else "ready"


_ORDER: tuple[Stage, ...] = ("unscheduled", "pulling", "loading", "ready")


class Cluster:
    """The pods of one server, and the nodes that it can have. It begins with the fewest replicas, all of them ready.

    Attributes:
        replicas: its pods, the oldest first.
        nodes: those that are there or on their way.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        first = scenario.autoscaler.bounds.minimum
        groups = max(scenario.pool.minimum, ceil(first / scenario.pool.replicas_of_group))
        self.nodes = [Nodes(there=0, image=0, idle_since=0) for _ in range(groups)]
        self.replicas = [Replica(number) for number in range(first)]
        self._created = first
        self._schedule(0)
        for replica in self.replicas:
            replica.started = replica.answers = 0

    def scale(self, replicas: int, now: float) -> None:
        """Create or delete pods until there are so many."""
        while len(self.replicas) < replicas:
            self.replicas.append(Replica(self._created))
            self._created += 1
        going = sorted(self.replicas, key=lambda each: (_ORDER.index(each.stage(now)), -each.number))
        for replica in going[: len(self.replicas) - replicas]:
            self.replicas.remove(replica)

    def advance(self, now: float) -> None:
        """Let nodes come and go, and pods find theirs."""
        self._schedule(now)
        self._add_nodes(now)
        self._remove_nodes(now)

    def nodes_there(self, now: float) -> int:
        """Return how many nodes there are."""
        return sum(nodes.there <= now for nodes in self.nodes) * self._scenario.pool.nodes_of_group

    def _schedule(self, now: float) -> None:
        for replica in self.replicas:
            if replica.nodes is None:
                replica.nodes = next((nodes for nodes in self.nodes if nodes.there <= now and self._room(nodes)), None)
                if replica.nodes:
                    replica.started = max(now, replica.nodes.image)
                    replica.answers = replica.started + self._scenario.load_seconds

    def _room(self, nodes: Nodes) -> int:
        return self._scenario.pool.replicas_of_group - sum(replica.nodes is nodes for replica in self.replicas)

    def _add_nodes(self, now: float) -> None:
        pool = self._scenario.pool
        coming = sum(nodes.there > now for nodes in self.nodes)
        waiting = sum(replica.nodes is None for replica in self.replicas)
        wanted = ceil(waiting / pool.replicas_of_group) - coming
        for _ in range(min(wanted, pool.maximum - len(self.nodes))):
            there = now + self._scenario.node_seconds
            self.nodes.append(Nodes(there, there + self._scenario.pull_seconds, idle_since=there))

    def _remove_nodes(self, now: float) -> None:
        used = {id(replica.nodes) for replica in self.replicas}
        for nodes in list(self.nodes):
            if id(nodes) in used:
                nodes.idle_since = now
            elif (
                now - nodes.idle_since >= self._scenario.idle_seconds and len(self.nodes) > self._scenario.pool.minimum
            ):
                self.nodes.remove(nodes)
