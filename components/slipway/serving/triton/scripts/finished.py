# pyright: basic, reportMissingImports=false
"""Directories that take long to make, on storage that several pods may share."""

import fcntl
from collections.abc import Callable
from pathlib import Path

MARKER = ".finished"


def make(directory: Path, fill: Callable[[Path], None]) -> None:
    """Have `fill` fill a directory, unless that was finished before.

    Whoever comes while it is made waits. The marker is written last: what an interrupted attempt left has none, and is
    overwritten by the next one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with directory.with_name(f".{directory.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (directory / MARKER).exists():
            print(f"{directory} is finished", flush=True)  # noqa: T201
            return
        print(f"making {directory}", flush=True)  # noqa: T201
        fill(directory)
        (directory / MARKER).touch()
