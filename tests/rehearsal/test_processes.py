"""Processes are stopped by their own ids, and never others that happen to have them."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.processes import RECORD, ProcessError, Processes, stop_leftovers
from tests.rehearsal.objects import eventually, runs

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def processes(tmp_path: Path) -> Generator[Processes]:
    running = Processes(tmp_path)
    yield running
    running.stop()


def test_the_record_is_enough_to_stop_what_was_left(processes: Processes, tmp_path: Path) -> None:
    for name in ("one", "two"):
        processes.start(name, SLEEP)
        eventually(lambda name=name: psutil.Process(processes.pids[name]).cmdline() == SLEEP)
    assert stop_leftovers(tmp_path) == ["two", "one"]
    with pytest.raises(ProcessError, match="one ended"):
        processes.check()


@pytest.mark.parametrize(("key", "value"), [("created", 1.0), ("command", ["another", "command"])])
def test_a_process_that_only_has_the_recorded_id_is_left_alone(
    processes: Processes, tmp_path: Path, key: str, value: object
) -> None:
    processes.start("one", SLEEP)
    record = tmp_path / RECORD
    [entry] = json.loads(record.read_text())
    record.write_text(json.dumps([{**entry, key: value}]))
    assert stop_leftovers(tmp_path) == []
    assert runs(processes.pids["one"])


def test_what_a_process_started_and_nobody_recorded_is_found_by_its_temporary_files(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    child = subprocess.Popen(["sleep", "600"], env=environment, start_new_session=True)
    other = subprocess.Popen(["sleep", "600"], env={**environment, "TMPDIR": "/tmp"}, start_new_session=True)
    try:
        eventually(lambda: psutil.Process(child.pid).name() == "sleep" == psutil.Process(other.pid).name())
        assert stop_leftovers(tmp_path, tmp_path / "tmp") == ["sleep"]
        assert not runs(child.pid)
        assert runs(other.pid)
    finally:
        for each in (child, other):
            each.kill()
            each.wait()


def test_a_folder_without_a_record_has_nothing_left(tmp_path: Path) -> None:
    assert stop_leftovers(tmp_path) == []


def test_a_process_that_will_not_end_is_killed(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.processes.STOP_SECONDS", 0.2)
    ready = tmp_path / "ready"
    deaf = f"import signal, time, pathlib; signal.signal(15, signal.SIG_IGN); pathlib.Path({str(ready)!r}).touch()"
    processes.start("deaf", [sys.executable, "-c", f"{deaf}; time.sleep(600)"])
    eventually(ready.exists)
    pid = processes.pids["deaf"]
    processes.stop("deaf")
    assert not runs(pid)


def test_a_restart_runs_the_same_command_as_another_process(processes: Processes) -> None:
    processes.start("one", ["/bin/sh", "-c", "echo began $GREETING; exec sleep 600"], environment={"GREETING": "well"})
    first = processes.pids["one"]
    eventually(lambda: processes.log("one").read_text() == "began well\n")
    processes.restart("one")
    assert processes.pids["one"] != first
    eventually(lambda: processes.log("one").read_text() == "began well\n" * 2)


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """An alarm is an interrupt, as if it came from a keyboard at that moment."""
    monkeypatch.setattr("rehearsal.process_ids.POLL_SECONDS", 0.001)
    before = signal.signal(signal.SIGALRM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    yield
    signal.signal(signal.SIGALRM, before)


def interrupted(work: Callable[[], object], seconds: float) -> None:
    """Do some work, and be interrupted after so long if it has not ended."""
    with suppress(KeyboardInterrupt):
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
        work()
        signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(0)  # What is pending is handled here.


def children() -> set[int]:
    return {each.pid for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE}


@pytest.mark.usefixtures("alarms")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_an_interrupt_while_a_process_starts_never_leaks_it(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    before, running, dice = children(), Processes(tmp_path_factory.mktemp("folder")), random.Random(seed)
    for number in range(50):
        command = ["/bin/sleep", "600"]
        interrupted(lambda name=str(number), command=command: running.start(name, command), dice.uniform(0, 0.005))
    left = children() - before
    assert set(running.pids.values()) == left
    running.stop()
    assert children() == before
    assert not running.pids


@pytest.mark.usefixtures("alarms")
# An interrupt inside psutil leaves a file of /proc to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_stopping_that_was_interrupted_ends_when_it_is_asked_again(processes: Processes) -> None:
    for number in range(20):
        processes.start(str(number), ["/bin/sleep", "600"])
    pids, dice = set(processes.pids.values()), random.Random(0)
    while processes.pids:
        interrupted(processes.stop, dice.uniform(0, 0.02))
    assert not any(map(runs, pids))
    processes.check()


def test_without_room_for_its_record_no_process_is_left(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / f"{RECORD}.partial").symlink_to("/dev/full")
    before = children()
    with pytest.raises(OSError, match="No space left") as full:
        processes.start("one", SLEEP)
    assert full.value.errno == errno.ENOSPC
    assert children() == before
    assert processes.pids == {}
