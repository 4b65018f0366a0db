"""What a server has to reach under load and after it, by its own autoscaler."""

import math

from catalog.engines import VLLM
from rehearsal.stack import Server
from rehearsal.story.diagnosis import TOLERANCE
from rehearsal.story.observation import Observation


def clients_for(server: Server) -> int:
    """Return how many load clients keep a server's signal above its target with all of its replicas."""
    slots = server.engine.limits.slots
    waits = VLLM.signals["waiting-requests"].name in server.metric
    beyond = 2 * server.target if waits else slots / 4
    return math.ceil(server.maximum * (slots + beyond) / server.load.concurrency)


def is_up(server: Server, seen: Observation) -> bool:
    """Return whether a server under load has the replicas that its autoscaler wants, and needs no more."""
    if seen.pending or seen.ready < seen.wanted or seen.wanted <= server.minimum < server.maximum:
        return False
    settled = seen.signal is not None and seen.signal <= server.target * (1 + TOLERANCE)
    return seen.wanted == server.maximum or settled


def seconds_down(server: Server) -> float:
    """Return how long the behaviour of an autoscaler lets it take until the fewest replicas are left."""
    rules = server.autoscaler["spec"].get("behavior", {}).get("scaleDown", {})
    periods: list[int] = [each["periodSeconds"] for each in rules.get("policies", ())]
    window: int = rules.get("stabilizationWindowSeconds", 300)
    return window + (server.maximum - server.minimum) * max(periods, default=15)
