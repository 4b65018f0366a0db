"""Child processes of a rehearsal: started with a log each, recorded on disk, stopped by their own process ids.

The record in `processes.json` is what a later run needs to stop what a crashed one left. Windows is not served.
"""

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from rehearsal.interrupts import held_back
from rehearsal.process_ids import Recorded, end, find, has_ended

RECORD = "processes.json"
STOP_SECONDS = 3
"""How long a process may take to end by itself before it is killed; an API server with watches takes a minute."""
TAIL_CHARACTERS = 2000


class ProcessError(Exception):
    """A process ended by itself; the message has its exit status and the end of its log."""


class Processes:
    """The processes of one rehearsal, by name, with their logs and their record in `folder`. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self.logs = folder / "logs"
        self.logs.mkdir()
        self._folder = folder
        self._lock = threading.RLock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._recorded: dict[str, Recorded] = {}
        self._ending: set[str] = set()
        self._started: dict[str, tuple[Sequence[str | Path], Mapping[str, str] | None]] = {}

    def start(self, name: str, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None) -> None:
        """Start `command` as `name` with no input and with its output appended to `log(name)`.

        A session of its own keeps the terminal's Ctrl-C from it: a rehearsal ends its parts in order. An interrupt of
        the rehearsal itself waits until the process is recorded.

        Raises:
            OSError: there is no such program, or no room for the log or the record; then no process is left.
        """
        arguments = [str(part) for part in command]
        with held_back(), self._lock, self.log(name).open("ab") as log:
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
            try:
                created = psutil.Process(child.pid).create_time()
                self._recorded[name] = {"name": name, "pid": child.pid, "created": created, "command": arguments}
                self._write_record()
            except BaseException:
                self._recorded.pop(name, None)
                child.kill()
                child.wait()
                raise
            self._running[name] = child
            self._started[name] = (command, environment)

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
            if child.poll() is not None and name not in self._ending:
                raise ProcessError(
                    f"{name} ended with exit status {child.returncode}, and the rehearsal with it; the end of its log:"
                    f"\n{self.tail(name)}"
                )

    def tail(self, name: str) -> str:
        """Return the end of the log of `name`."""
        return self.log(name).read_text(errors="replace")[-TAIL_CHARACTERS:]

    def last_lines(self) -> dict[str, str]:
        """Return what each process said last, by name."""
        return {name: (self.tail(name).splitlines() or ["nothing"])[-1] for name in self._now_running()}

    def stop(self, *names: str, seconds: float | None = None) -> None:
        """Stop `names`, or all without names, the last started first, and each before the next.

        What was interrupted here can be called again, and several threads may stop the same process.

        Args:
            names: what to stop.
            seconds: how long each may take to end by itself before it is killed; `STOP_SECONDS` by default.
        """
        for name, child in reversed(self._now_running(*names).items()):
            self._ending.add(name)
            if child.poll() is None:
                end(child.pid, STOP_SECONDS if seconds is None else seconds)
            child.wait()
            with held_back(), self._lock:
                if self._running.get(name) is child:
                    del self._running[name], self._recorded[name]
                    self._ending.discard(name)
                # Without room on the disk the record names more than there is, which harms nobody.
                with contextlib.suppress(OSError):
                    self._write_record()

    def _now_running(self, *names: str) -> dict[str, subprocess.Popen[bytes]]:
        with self._lock:
            return {name: child for name, child in self._running.items() if not names or name in names}

    def _write_record(self) -> None:
        partial = self._folder / f"{RECORD}.partial"
        partial.write_text(json.dumps(list(self._recorded.values()), indent=1))
        partial.rename(self._folder / RECORD)


def stop_leftovers(folder: Path, temporary: Path | None = None) -> list[str]:
    """Stop what the rehearsal in `folder` left running, and return its names.

    That is what its record names, and all whose temporary files go to `temporary`: what its processes have started, and
    one that was started a moment before the rehearsal was killed.
    """
    record = folder / RECORD
    entries: list[Recorded] = json.loads(record.read_text()) if record.exists() else []
    alive = {process.pid: entry["name"] for entry in reversed(entries) if (process := find(entry))}
    for process in psutil.process_iter() if temporary else ():
        if process.pid not in alive and _keeps_files_in(process, str(temporary)):
            alive[process.pid] = process.name()
    for pid in alive:
        end(pid, STOP_SECONDS)
    return list(alive.values())


def _keeps_files_in(process: psutil.Process, temporary: str) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.environ().get("TMPDIR") == temporary and not has_ended(process)
    return False
