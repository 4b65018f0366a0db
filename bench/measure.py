"""Wall time and peak memory of whole processes, each a fresh one. Imports nothing large: a child inherits the peak."""

import os
import resource
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


def cpu_seconds(*command: str, **environment: str) -> float:
    """Run a command in the repository's root and return the CPU time of it and of all that it waited for.

    Args:
        environment: variables beside those that are set.

    Raises:
        RuntimeError: it failed; the text is what it wrote to its standard error.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} exited with {done.returncode}:\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
