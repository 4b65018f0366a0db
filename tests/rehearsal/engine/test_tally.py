"""What becomes of requests while replicas come and go: answered, refused or cut off."""

from functools import partial

from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.fleet import Fleet, Shape
from rehearsal.engine.requests import Limits

LIMITS = Limits(slots=8, step_tokens=64, blocks=1000, block_tokens=16, step_seconds=lambda tokens: 0.1)
START = partial(BatchingEngine, LIMITS)
CLIENTS = 8


def loaded() -> Fleet[BatchingEngine]:
    fleet = Fleet[BatchingEngine]()
    fleet.set_replicas({"a": START}, 0)
    fleet.set_clients(CLIENTS, Shape(prompt=9, answer=20), 0)
    fleet.advance(1)
    return fleet


def test_a_replica_that_drains_answers_what_it_has() -> None:
    fleet = loaded()
    assert fleet.tally.answered == 0
    fleet.set_replicas({}, 1, {"a": 120})
    assert (fleet.tally.answered, fleet.tally.cut_off) == (CLIENTS, 0)


def test_what_a_replica_has_when_it_is_killed_is_cut_off() -> None:
    fleet = loaded()
    fleet.set_replicas({}, 1)
    assert (fleet.tally.answered, fleet.tally.cut_off) == (0, CLIENTS)


def test_without_a_replica_clients_are_refused_and_ask_again_each_second() -> None:
    fleet = loaded()
    fleet.set_replicas({}, 1, {"a": 120})
    fleet.advance(11)
    assert fleet.tally.refused == 10 * CLIENTS
    fleet.set_replicas({"b": START}, 11)
    fleet.advance(30)
    assert fleet.tally.refused == 10 * CLIENTS
    assert fleet.tally.answered > CLIENTS
