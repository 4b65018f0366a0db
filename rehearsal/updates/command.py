"""The Pulumi CLI as the Automation API calls it, in an environment that has nothing of the user's."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import IO, Any

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo
from typing_extensions import override

KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR")
"""Others may be credentials, or settings of the CLI."""


class Command(PulumiCommand):
    """One CLI.

    Args:
        executable: where it lies.
    """

    def __init__(self, executable: Path) -> None:
        self.command = str(executable)
        printed = subprocess.run([self.command, "version"], capture_output=True, text=True, check=True, env=_kept())
        self.version = VersionInfo.parse(printed.stdout.strip().removeprefix("v"))
        self._running: subprocess.Popen[str] | None = None

    def interrupt(self) -> None:
        """Ask a run that is under way to end, as Ctrl-C does."""
        if self._running:
            self._running.send_signal(signal.SIGINT)

    @override
    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        with subprocess.Popen(
            [self.command, "--non-interactive", *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**_kept(), **additional_env, "PULUMI_AUTOMATION_API": "true"},
            text=True,
            # The terminal's Ctrl-C would reach it beside ours, and a second one makes it drop what is under way.
            start_new_session=True,
        ) as process:
            self._running = process
            assert process.stdout is not None
            assert process.stderr is not None
            said: tuple[list[str], list[str]] = ([], [])
            readers = [
                Thread(target=_read, args=(process.stdout, on_output, said[0]), daemon=True),
                Thread(target=_read, args=(process.stderr, on_error, said[1]), daemon=True),
            ]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
        self._running = None
        result = CommandResult("\n".join(said[0]), "\n".join(said[1]), process.returncode)
        if process.returncode:
            raise create_command_error(result)
        return result


def _kept() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}


def _read(stream: IO[str], told: Callable[[str], Any] | None, said: list[str]) -> None:
    for line in stream:
        said.append(line.rstrip())
        if told:
            told(line.rstrip())
