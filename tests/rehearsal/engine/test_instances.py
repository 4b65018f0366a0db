"""A queue in front of instances, as Triton has it: against its own measured numbers, and by its laws."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.engine.instances import InstanceEngine, InstanceLimits


def limits(instances: int = 2, batch: int = 8, seconds: float = 1.0) -> InstanceLimits:
    return InstanceLimits(
        instances=instances, batch=batch, seconds=lambda requests, executions, prompt, answer: seconds
    )


def closed_loop(given: InstanceLimits, clients: int, answers: int) -> InstanceEngine:
    """Return an engine whose clients sent a new request for each answer, until there were so many answers."""
    engine = InstanceEngine(given)
    for _ in range(clients):
        engine.submit(9, 100)
    while engine.finished < answers:
        for _ in range(engine.advance(engine.next_event)):
            engine.submit(9, 100)
    return engine


def test_a_batching_model_waits_and_computes_as_a_real_triton_did() -> None:
    """tritonserver 2.51: two instances, batches of eight, 22 ms; 200 clients waited 235 ms a request, 184 of them."""
    engine = closed_loop(limits(seconds=0.0228), 200, 3000)
    assert engine.queue_seconds / engine.finished == pytest.approx(0.235, rel=0.15)
    assert engine.compute_seconds / engine.finished == pytest.approx(0.0228)
    assert engine.waiting == 184
    assert engine.executions == pytest.approx(3000 / 8, abs=5)


def test_without_a_queue_nobody_waits() -> None:
    engine = closed_loop(limits(batch=1), 2, 100)
    assert (engine.queue_seconds, engine.waiting, engine.recent_ratio) == (0, 0, 0)


@pytest.mark.parametrize(("clients", "ratio"), [(8, 0), (16, 1), (40, 4)])
def test_the_ratio_is_what_waits_by_what_runs(clients: int, ratio: float) -> None:
    assert closed_loop(limits(instances=8, batch=1), clients, 2000).recent_ratio == pytest.approx(ratio, rel=0.02)


def test_the_ratio_forgets_what_is_older_than_a_minute() -> None:
    engine = closed_loop(limits(instances=1, batch=1), 5, 100)
    assert engine.recent_ratio > 0
    while engine.next_event < math.inf:
        engine.advance(engine.next_event)
    engine.advance(engine.now + 61)
    assert engine.recent_ratio == 0


@given(
    st.integers(1, 4),
    st.integers(1, 8),
    st.lists(st.floats(0, 3), min_size=1, max_size=40),
)
def test_every_request_is_answered_once_and_none_waits_beside_a_free_instance(
    instances: int, batch: int, pauses: Sequence[float]
) -> None:
    engine = InstanceEngine(limits(instances, batch))
    for pause in pauses:
        engine.advance(engine.now + pause)
        engine.submit(1, 1)
        assert engine.running >= instances or not engine.waiting
        assert engine.running <= instances * batch
    while engine.next_event < math.inf:
        engine.advance(engine.next_event)
    assert (engine.finished, engine.waiting, engine.running) == (len(pauses), 0, 0)
