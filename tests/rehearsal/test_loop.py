"""A double's thread ends with what it does, and says why."""

import time

import pytest

from rehearsal.loop import Loop
from tests.rehearsal.objects import eventually


def test_what_ends_a_double_is_raised_where_it_is_looked_for() -> None:
    calls: list[int] = []

    def tick() -> None:
        calls.append(len(calls))
        if len(calls) == 3:
            raise ZeroDivisionError

    def ended() -> bool:
        try:
            loop.check()
        except ZeroDivisionError:
            return True
        return False

    with Loop("test", 0.001, tick) as loop:
        assert eventually(ended)
    assert calls == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        loop.check()


def test_nothing_is_done_after_the_block() -> None:
    calls: list[int] = []
    with Loop("test", 0.001, lambda: calls.append(0)) as loop:
        eventually(lambda: len(calls) > 2)
    before = len(calls)
    loop.check()
    assert len(calls) == before


def test_how_late_it_was_is_known_of_any_time() -> None:
    waits = [0.3, 0.0]
    began = time.monotonic()
    with Loop("test", 0.001, lambda: time.sleep(waits.pop(0) if waits else 0)) as loop:
        assert eventually(lambda: not waits)
    assert loop.late(began) >= 0.3
    assert loop.late(time.monotonic()) == 0
