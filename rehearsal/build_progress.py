"""Shows how far the build of the binaries is: a live line in a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PLAIN_LINE_SECONDS = 30


class BuildProgress:
    """Progress over the upstreams that are `missing`; says nothing if none is."""

    def __init__(self, console: Console, missing: Sequence[str]) -> None:
        self._console = console
        self._live = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:.0f} packages"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal or not missing,
        )
        self._packages = 0
        self._label = ""
        self._began = self._last_said = 0.0
        if missing:
            console.print(
                f"Building {', '.join(missing)}: once for these versions, some minutes on two cores.", soft_wrap=True
            )

    def __enter__(self) -> None:
        self._live.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    @contextmanager
    def building(self, upstream: str, version: str, binaries: Iterable[str]) -> Generator[None]:
        """Show `upstream` as being built until the block ends."""
        names = ", ".join(binaries)
        self._label = f"{upstream} {version}" + ("" if names == upstream else f" ({names})")
        self._packages = 0
        self._began = self._last_said = time.monotonic()
        self._task = self._live.add_task(self._label, total=None)
        self._say(f"{self._label}: building")
        yield
        self._live.update(self._task, total=self._packages, completed=self._packages)
        self._say(f"{self._label}: built {self._packages} packages in {time.monotonic() - self._began:.0f} s")

    def waiting(self, home: str) -> None:
        """Say that another process builds the same."""
        self._console.print(f"{home}: another process is building it; waiting.", highlight=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """Take one line of `go build -v`, which prints each package that it compiles."""
        self._packages += " " not in text
        self._live.update(self._task, completed=self._packages)
        now = time.monotonic()
        if now - self._last_said > PLAIN_LINE_SECONDS:
            self._last_said = now
            self._say(f"{self._label}: {self._packages} packages compiled after {now - self._began:.0f} s")

    def _say(self, text: str) -> None:
        if not self._console.is_terminal:
            self._console.print(text, highlight=False, soft_wrap=True)
