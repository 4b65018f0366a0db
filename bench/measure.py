"""Wall time and peak memory of whole processes, each a fresh one. Imports nothing large: a child inherits the peak."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process took.

    Attributes:
        seconds: from its start to its end.
        peak_mib: the most memory that it held at once, MiB.
        output: what it wrote to its standard output.
    """

    seconds: float
    peak_mib: float
    output: str


def run_python(*arguments: str) -> Usage:
    """Run Python with these arguments in the repository's root.

    Raises:
        RuntimeError: it failed; the text is what it wrote to its standard error.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} exited with {process.returncode}:\n{errors.read()}")
        return Usage(seconds, usage.ru_maxrss / 1024, output.read())


def fastest(runs: int, *commands: Sequence[str]) -> list[Usage]:
    """Run the commands in turn, so many times, and return the fastest run of each."""
    rounds = [[run_python(*command) for command in commands] for _ in range(runs)]
    return [min(column, key=lambda usage: usage.seconds) for column in zip(*rounds, strict=True)]
