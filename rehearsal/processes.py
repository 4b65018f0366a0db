"""Child processes of a rehearsal: started with a log each, recorded on disk, stopped by their own process ids.

The record in `processes.json` is what a later run needs to stop what a crashed one left. Windows is not served.
"""

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

import psutil

RECORD = "processes.json"
STOP_SECONDS = 3
"""How long a process may take to end by itself before it is killed; an API server with watches takes a minute."""
POLL_SECONDS = 0.02
TAIL_CHARACTERS = 2000


class ProcessError(Exception):
    """A process ended by itself; the message has its exit status and the end of its log."""


class Recorded(TypedDict):
    """What identifies a process after its parent is gone.

    `created` is in seconds since the epoch. A process id alone may belong to another process by then.
    """

    name: str
    pid: int
    created: float
    command: list[str]


class Processes:
    """The processes of one rehearsal, by name, with their logs and their record in `folder`. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self.logs = folder / "logs"
        self.logs.mkdir()
        self._folder = folder
        self._lock = threading.RLock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._recorded: dict[str, Recorded] = {}
        self._started: dict[str, tuple[Sequence[str | Path], Mapping[str, str] | None]] = {}

    def start(self, name: str, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None) -> None:
        """Start `command` as `name` with no input and with its output appended to `log(name)`.

        A session of its own keeps the terminal's Ctrl-C from it: a rehearsal ends its parts in order.
        """
        arguments = [str(part) for part in command]
        with self._lock, self.log(name).open("ab") as log:
            assert name not in self._running, f"{name} runs already"
            child = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env=os.environ | dict(environment or {}),
                start_new_session=True,
            )
            self._running[name] = child
            self._started[name] = (command, environment)
            created = psutil.Process(child.pid).create_time()
            self._recorded[name] = {"name": name, "pid": child.pid, "created": created, "command": arguments}
            self._write_record()

    def restart(self, name: str) -> None:
        """Stop `name` if it runs, and start it as before."""
        command, environment = self._started[name]
        self.stop(name)
        self.start(name, command, environment=environment)

    def log(self, name: str) -> Path:
        """Return where the output of `name` goes."""
        return self.logs / f"{name}.log"

    @property
    def pids(self) -> dict[str, int]:
        """The process ids, by name."""
        return {name: child.pid for name, child in self._now_running().items()}

    def check(self, *names: str) -> None:
        """Look whether `names`, or without names all that was started, still run.

        Raises:
            ProcessError: a process has ended though nobody stopped it.
        """
        for name, child in self._now_running(*names).items():
            if child.poll() is not None:
                tail = self.log(name).read_text(errors="replace")[-TAIL_CHARACTERS:]
                raise ProcessError(
                    f"{name} ended with exit status {child.returncode}; the end of {self.log(name)}:\n{tail}"
                )

    def stop(self, *names: str) -> None:
        """Stop `names`, or all without names, the last started first, and each before the next.

        A process that still runs `STOP_SECONDS` after it was asked to end is killed.
        """
        for name in reversed(self._now_running(*names)):
            with self._lock:
                child = self._running.pop(name, None)
            if child is None:
                continue
            if child.poll() is None:
                _stop(psutil.Process(child.pid))
            child.wait()
            with self._lock:
                del self._recorded[name]
                self._write_record()

    def _now_running(self, *names: str) -> dict[str, subprocess.Popen[bytes]]:
        with self._lock:
            return {name: child for name, child in self._running.items() if not names or name in names}

    def _write_record(self) -> None:
        partial = self._folder / f"{RECORD}.partial"
        partial.write_text(json.dumps(list(self._recorded.values()), indent=1))
        partial.rename(self._folder / RECORD)


def stop_leftovers(folder: Path) -> list[str]:
    """Stop the processes that the record in `folder` names and that still run, and return their names.

    A process counts as the recorded one if its id, its command line and, to two seconds, its start agree: the clock
    of a machine may be set between the two readings.
    """
    record = folder / RECORD
    if not record.exists():
        return []
    entries: list[Recorded] = json.loads(record.read_text())
    alive = {entry["name"]: process for entry in reversed(entries) if (process := _find(entry))}
    for process in alive.values():
        _stop(process)
    return list(alive)


def _find(entry: Recorded) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(entry["pid"])
        same_start = abs(process.create_time() - entry["created"]) < 2
        if same_start and process.cmdline() == entry["command"] and not _has_ended(process):
            return process
    return None


def _stop(process: psutil.Process) -> None:
    for ask in (process.terminate, process.kill):
        with contextlib.suppress(psutil.NoSuchProcess):
            ask()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if _has_ended(process):
                return
            time.sleep(POLL_SECONDS)


def _has_ended(process: psutil.Process) -> bool:
    """Tell whether it is gone, or a zombie that waits for a parent which may never ask."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
