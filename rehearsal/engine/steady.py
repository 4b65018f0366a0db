"""What a replica's page shows on average once a number of requests is always under way."""

from rehearsal.engine.engine import AnyEngine, Replica
from rehearsal.engine.fleet import Shape

SAMPLES = 120
STEP = 0.137
"""Time between two samples, as a share of a request's duration: of no simple ratio to it."""


def steady(engine: AnyEngine, series: str, requests: int, shape: Shape) -> float | None:
    """Return the average of a gauge over time; None if the engine's page has no such gauge.

    Args:
        engine: the engine of the replica.
        series: name of the gauge.
        requests: how many clients send the next request as soon as the last one is answered.
        shape: the request.
    """
    replica: Replica = engine.start(0.0)
    if engine.value(series, replica) is None:
        return None
    for _ in range(requests):
        replica.submit(shape.prompt, shape.answer)
    duration = replica.next_event
    while not _pass(replica, duration, shape):
        duration = replica.next_event
    total, settled = 0.0, 2 + 2 * requests / engine.slots
    for sample in range(SAMPLES):
        _pass(replica, duration * (settled + sample * STEP), shape)
        total += engine.value(series, replica) or 0.0
    return total / SAMPLES


def _pass(replica: Replica, until: float, shape: Shape) -> int:
    """Let time pass while each answer is followed by the next request, and return how many were answered."""
    finished = 0
    while replica.next_event <= until:
        answered = replica.advance(replica.next_event)
        for _ in range(answered):
            replica.submit(shape.prompt, shape.answer)
        finished += answered
    replica.advance(until)
    return finished
