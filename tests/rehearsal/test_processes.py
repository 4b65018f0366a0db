"""Processes are stopped by their own ids, and never others that happen to have them."""

import json
import sys
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest

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
