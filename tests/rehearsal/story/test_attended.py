"""What a story does while it waits for the engine: it sees what breaks, and does not wait for what never comes."""

import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rehearsal.clock import Clock
from rehearsal.processes import ProcessError
from rehearsal.story import attended
from rehearsal.story.observation import Observation
from rehearsal.story.told import Act, Told
from rehearsal.story.verdict import Link, Verdict
from rehearsal.story.watch import LateError, Watch
from tests.rehearsal.report.stories import seen


@pytest.fixture(autouse=True)
def short_waits() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OBSERVE_SECONDS", "SLACK_SECONDS"):
            patch.setattr(attended, name, 0.01)
        patch.setattr(attended, "END_SECONDS", 0.2)
        yield


def nothing() -> None:
    """See nothing, and interrupt nothing."""


def ended() -> None:
    raise ProcessError("kwok ended")


def test_what_the_work_returns_is_returned_and_what_it_raises_is_raised() -> None:
    assert attended.attended(lambda: 3, nothing, nothing) == 3
    with pytest.raises(ZeroDivisionError):
        attended.attended(lambda: 1 // 0, nothing, nothing)


def test_work_is_interrupted_when_a_part_has_ended() -> None:
    asked = threading.Event()
    with pytest.raises(ProcessError, match="kwok"):
        attended.attended(asked.wait, ended, asked.set)
    assert asked.is_set()


def test_a_request_that_hangs_is_left_alone_when_a_part_has_ended() -> None:
    answers, interrupts = threading.Event(), list[int]()
    with pytest.raises(ProcessError, match="kwok"):
        attended.attended(answers.wait, ended, lambda: interrupts.append(1))
    assert len(interrupts) == attended.INTERRUPTS
    answers.set()


def watch(
    monkeypatch: pytest.MonkeyPatch, ready: int, interrupt: Callable[[], object], late: float = 0
) -> tuple[Watch, Told]:
    """A watch over one server with a pod, at a speed at which a minute is no time."""
    server = SimpleNamespace(name="llama")
    observed = replace(seen(1, 0.0, ready), server="llama", ready=ready, pending=1 - ready)

    def observe(*given: object) -> Observation:
        return observed

    def hear(found: object) -> None:
        """Show nothing."""

    monkeypatch.setattr("rehearsal.story.watch.observe", observe)

    def lateness(since: float) -> float:
        return late

    setting = SimpleNamespace(
        clock=Clock(10_000),
        check=nothing,
        deployment=SimpleNamespace(interrupt=interrupt),
        stack=SimpleNamespace(servers=[server]),
        engines=SimpleNamespace(late=lateness),
    )
    told, show = Told({}), SimpleNamespace(act=hear, observed=hear, judged=hear)
    return Watch(cast(Any, setting), cast(Any, show), told), told


def test_pods_that_are_never_ready_end_an_update_that_would_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()
    looks, told = watch(monkeypatch, 0, asked.set)

    def up() -> list[Verdict]:
        asked.wait()
        return [Verdict("the engine was interrupted")]

    with pytest.raises(LateError) as late:
        looks.do(up, pods_within=60)
    assert [server.name for server in late.value.servers] == ["llama"]
    assert asked.is_set()
    assert told.verdicts == []


def test_an_update_whose_pods_are_ready_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on, looked = threading.Event(), list[int]()
    looks, told = watch(monkeypatch, 1, nothing)
    observed = looks.observe

    def observe() -> Any:
        looked.append(1)
        if len(looked) > 5:
            goes_on.set()
        return observed()

    monkeypatch.setattr(looks, "observe", observe)

    def up() -> list[Verdict]:
        goes_on.wait()
        return [Verdict("made")]

    assert looks.do(up, pods_within=60)
    assert [verdict.text for verdict in told.verdicts] == ["made"]


@pytest.mark.parametrize(
    ("late", "said"), [(30.0, ""), (90.0, "were 90 s of the cluster's time late: rehearse with SPEED=2500")]
)
def test_a_busy_machine_is_named_beside_the_link_that_broke(
    monkeypatch: pytest.MonkeyPatch, late: float, said: str
) -> None:
    looks, told = watch(monkeypatch, 1, nothing, late)

    def broken(*_: object, loaded: bool) -> Verdict:
        return Verdict("the signal stays low", Link.BELOW_TARGET)

    monkeypatch.setattr("rehearsal.story.watch.diagnose", broken)
    looks.begin(Act.LOAD)
    looks.find([cast(Any, SimpleNamespace(name="llama"))], loaded=True)
    [found] = told.verdicts
    assert found.broken is Link.BELOW_TARGET
    assert found.text.startswith("the signal stays low")
    assert said in found.text
    assert ("busy" in found.text) is bool(said)
