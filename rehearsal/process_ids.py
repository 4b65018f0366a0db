"""A process by its id: whether it is still the one that was meant, and how it is ended."""

import contextlib
import time
from typing import TypedDict

import psutil

POLL_SECONDS = 0.02
KILL_SECONDS = 3
"""How long the system may take to end what is killed."""


class Recorded(TypedDict):
    """What identifies a process after its parent is gone.

    `created` is in seconds since the epoch. A process id alone may belong to another process by then.
    """

    name: str
    pid: int
    created: float
    command: list[str]


def find(entry: Recorded) -> psutil.Process | None:
    """Return the recorded process if it still runs.

    A process counts as that if its id, its command line and, to two seconds, its start agree: the clock of a machine
    may be set between the two readings.
    """
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(entry["pid"])
        same_start = abs(process.create_time() - entry["created"]) < 2
        if same_start and process.cmdline() == entry["command"] and not has_ended(process):
            return process
    return None


def end(pid: int, seconds: float) -> None:
    """End a process: ask it to, and kill it if it still runs after so many seconds."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for ask, patience in ((process.terminate, seconds), (process.kill, KILL_SECONDS)):
            ask()
            deadline = time.monotonic() + patience
            while not has_ended(process) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
            if has_ended(process):
                return


def has_ended(process: psutil.Process) -> bool:
    """Tell whether it is gone, or a zombie that waits for a parent which may never ask."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
