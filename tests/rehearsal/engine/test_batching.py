"""The scheduler of the queueing model: what goes in comes out, nothing idles beside work, more load is never less."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.requests import Limits

SECOND_A_STEP = 1.0


def limits(slots: int = 4, step_tokens: int = 16, blocks: int = 1000, block_tokens: int = 4) -> Limits:
    return Limits(
        slots=slots,
        step_tokens=step_tokens,
        blocks=blocks,
        block_tokens=block_tokens,
        step_seconds=lambda tokens: SECOND_A_STEP + tokens / 1000,
    )


@st.composite
def small_limits(draw: st.DrawFn) -> Limits:
    slots = draw(st.integers(1, 6))
    return limits(
        slots=slots,
        step_tokens=draw(st.integers(slots, 24)),
        blocks=draw(st.integers(10, 40)),
        block_tokens=draw(st.integers(1, 4)),
    )


requests = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=20)


def drain(engine: BatchingEngine) -> None:
    while engine.next_event < math.inf:
        engine.advance(engine.next_event)


def closed_loop(limits: Limits, clients: int, seconds: float) -> BatchingEngine:
    """Return an engine whose clients sent a new request for each answer during so many seconds."""
    engine = BatchingEngine(limits)
    for _ in range(clients):
        engine.submit(3, 10)
    while engine.next_event <= seconds:
        for _ in range(engine.advance(engine.next_event)):
            engine.submit(3, 10)
    return engine


@given(small_limits(), requests)
def test_every_token_that_was_asked_for_is_generated_once(limits: Limits, sent: Sequence[tuple[int, int]]) -> None:
    engine = BatchingEngine(limits)
    for prompt, answer in sent:
        engine.submit(prompt, answer)
    drain(engine)
    assert engine.finished == len(sent)
    assert engine.generated_tokens == sum(answer for _, answer in sent)
    assert engine.first_token.count == len(sent)
    assert (engine.waiting, engine.running, engine.kv_cache_use) == (0, 0, 0)
    prompts = sum(prompt for prompt, _ in sent)
    assert engine.prompt_tokens == prompts if engine.preemptions == 0 else engine.prompt_tokens >= prompts


@given(st.integers(1, 6), requests)
def test_no_slot_is_free_beside_a_request_that_waits(slots: int, sent: Sequence[tuple[int, int]]) -> None:
    engine = BatchingEngine(limits(slots=slots, step_tokens=200))
    for prompt, answer in sent:
        engine.submit(prompt, answer)
    engine.advance(engine.next_event)  # The first request came alone, and its step took in no other.
    while engine.next_event < math.inf:
        assert engine.running == slots or not engine.waiting
        engine.advance(engine.next_event)


@given(small_limits(), requests, st.lists(st.floats(0.01, 3), max_size=30))
def test_how_often_one_looks_changes_nothing(
    limits: Limits, sent: Sequence[tuple[int, int]], looks: Sequence[float]
) -> None:
    watched, unwatched = BatchingEngine(limits), BatchingEngine(limits)
    for engine in (watched, unwatched):
        for prompt, answer in sent:
            engine.submit(prompt, answer)
    for look in looks:
        watched.advance(watched.now + look)
    unwatched.advance(watched.now)
    for name in ("generated_tokens", "prompt_tokens", "finished", "preemptions", "waiting", "running", "kv_cache_use"):
        assert getattr(watched, name) == getattr(unwatched, name), name
    assert watched.inter_token.total == pytest.approx(unwatched.inter_token.total)


@given(st.integers(1, 12))
def test_more_clients_never_mean_fewer_tokens_or_fewer_waiting(clients: int) -> None:
    few, more = closed_loop(limits(), clients, 300), closed_loop(limits(), clients + 1, 300)
    assert more.generated_tokens >= few.generated_tokens * 0.98  # Whole requests are counted at the end of the time.
    assert more.waiting >= few.waiting
    assert few.waiting + few.running == clients


def test_beyond_the_batch_requests_wait() -> None:
    engine = closed_loop(limits(slots=4), 11, 100)
    assert (engine.running, engine.waiting) == (4, 7)


def test_an_idle_engine_computes_nothing() -> None:
    engine = BatchingEngine(limits())
    assert engine.advance(1000) == 0
    assert (engine.now, engine.next_event, engine.generated_tokens) == (1000, math.inf, 0)


def test_the_first_token_comes_after_the_wait_and_the_prompt() -> None:
    engine = BatchingEngine(limits(slots=1, step_tokens=2))
    engine.submit(4, 2)  # Two steps for the prompt, of which the second generates, and one more.
    engine.submit(2, 1)
    drain(engine)
    step = SECOND_A_STEP + 2 / 1000
    assert engine.first_token.total == pytest.approx(2 * step + (2 * step + SECOND_A_STEP + 1 / 1000) + step)


def test_without_blocks_the_newest_request_starts_again() -> None:
    engine = BatchingEngine(limits(slots=2, blocks=6, block_tokens=1))
    engine.submit(1, 5)
    engine.submit(1, 5)
    drain(engine)
    assert engine.preemptions == 1
    assert engine.generated_tokens == 10


def test_a_request_that_could_never_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="9 \\+ 1 tokens are more than 2 blocks hold"):
        BatchingEngine(limits(blocks=2)).submit(9, 1)


def test_a_step_holds_a_token_of_each_request_in_the_batch() -> None:
    with pytest.raises(ValueError, match="a step of 3 tokens is too small for 4 requests"):
        limits(slots=4, step_tokens=3)


def test_the_time_it_takes_does_not_grow_with_the_length_of_answers() -> None:
    steps = 0

    def counted(tokens: int) -> float:
        nonlocal steps
        steps += 1
        return 1.0

    engine = BatchingEngine(Limits(slots=4, step_tokens=16, blocks=10**6, block_tokens=1, step_seconds=counted))
    for _ in range(4):
        engine.submit(1, 10_000)
    drain(engine)
    assert engine.generated_tokens == 40_000
    assert steps < 20
