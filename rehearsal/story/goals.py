"""What a server has to reach under load and after it: how much load that takes, and what its autoscaler then wants."""

import math
from bisect import bisect_left
from dataclasses import dataclass

from rehearsal.engine.steady import steady
from rehearsal.server import Server
from rehearsal.story.observation import Observation

FEW = 4
"""Up to so many replicas a story shows all that an autoscaler may have, as NVIDIA's guide to Triton does."""
REPLICAS = 3
"""Replicas that it aims at where there may be more: as many as in NVIDIA's article on NIM. Further ones would show
nothing new."""
ABOVE = 1.4
"""What the signal is in targets, at least, when all replicas share the load: enough that none of them goes again."""
TOLERANCE = 0.1
"""How far a signal must be from its target for the HPA controller to move: its default."""
MARGIN = 0.1
"""By how much of itself the target could be higher, and the load would still ask for the replicas that it should."""
FULL = 1.25
"""Load on a replica, in full batches, where its signal is none that the queueing model has."""
SATURATED = 0.05
"""A signal that twice the load raises by less than this share of itself is as high as it gets."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a story aims at for one server.

    Attributes:
        clients: load clients to send.
        replicas: fewest replicas that the autoscaler has to want then.
        expected: those that it would want if its signal were always the average of the queueing model.
    """

    clients: int
    replicas: int
    expected: int

    @property
    def is_within_reach(self) -> bool:
        """Whether the load asks for the replicas at all."""
        return self.expected >= self.replicas


def goal(server: Server, series: str) -> Goal:
    """Return the load of a server's story: the fewest load clients that ask for the replicas that it aims at.

    Where these are all that the autoscaler may have, the load keeps its signal above the target with all of them. Where
    no load does either, it is somewhat more than fills the batches of all replicas.

    Args:
        server: the server.
        series: the series behind its autoscaler's metric.
    """
    replicas = server.maximum if server.maximum <= FEW else max(REPLICAS, server.minimum + 1)
    full = math.ceil(FULL * server.engine.slots * replicas / server.load.concurrency)

    def is_enough(clients: int) -> bool:
        if replicas < server.maximum:
            return _wanted(server, series, clients, server.target * (1 + MARGIN)) >= replicas
        return (_average(server, series, clients, replicas) or 0) >= ABOVE * server.target

    most = full
    while not is_enough(most):
        now, then = (_average(server, series, clients, replicas) for clients in (most, 2 * most))
        if now is None or then is None or then <= now * (1 + SATURATED):
            return Goal(full, replicas, _wanted(server, series, full, server.target))
        most *= 2
    clients = bisect_left(range(most), 1, lo=1, key=is_enough)
    return Goal(clients, replicas, _wanted(server, series, clients, server.target))


def is_up(server: Server, aim: Goal, seen: Observation) -> bool:
    """Return whether a server under load has the replicas that its autoscaler wants, and needs no more."""
    if seen.pending or seen.ready < seen.wanted or seen.wanted < aim.replicas:
        return False
    settled = seen.signal is not None and seen.signal <= server.target * (1 + TOLERANCE)
    return seen.wanted == server.maximum or settled


def seconds_down(server: Server) -> float:
    """Return how long the behaviour of an autoscaler lets it take until the fewest replicas are left."""
    rules = server.autoscaler["spec"].get("behavior", {}).get("scaleDown", {})
    periods: list[int] = [each["periodSeconds"] for each in rules.get("policies", ())]
    window: int = rules.get("stabilizationWindowSeconds", 300)
    return window + (server.maximum - server.minimum) * max(periods, default=15)


def _wanted(server: Server, series: str, clients: int, target: float) -> int:
    """Return where the HPA controller comes to rest on the way up, by its own formula."""
    replicas = server.minimum
    while replicas < server.maximum:
        ratio = (_average(server, series, clients, replicas) or 0) / target
        further = math.ceil(replicas * ratio) if ratio > 1 + TOLERANCE else replicas
        if further <= replicas:
            break
        replicas = min(further, server.maximum)
    return replicas


def _average(server: Server, series: str, clients: int, replicas: int) -> float | None:
    """Return the average of the signal when so many replicas share the load."""
    requests = max(round(clients * server.load.concurrency / replicas), 1)
    return steady(server.engine, series, requests, server.load.shape)
