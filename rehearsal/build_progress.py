"""Shows how far the making of the binaries is: a live line in a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PLAIN_LINE_SECONDS = 30
MEGABYTE = 1e6


class BuildProgress:
    """Progress over the upstreams that are `missing`; says nothing if none is."""

    def __init__(self, console: Console, missing: Sequence[str]) -> None:
        self._console = console
        self._live = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:,.0f} {task.fields[unit]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal or not missing,
        )
        self._done = 0.0
        self._label = self._unit = ""
        self._began = self._last_said = 0.0
        if missing:
            once = "once for these versions, some minutes on two cores for what is not fetched"
            self.say(f"Making {', '.join(missing)}: {once}.")

    def __enter__(self) -> None:
        self._live.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    def building(self, upstream: str, version: str, binaries: Iterable[str]) -> AbstractContextManager[None]:
        """Show `upstream` as being built until the block ends."""
        return self._making(_label(upstream, version, binaries), "building", "built", "packages")

    def fetching(self, upstream: str, version: str, binaries: Iterable[str]) -> AbstractContextManager[None]:
        """Show `upstream` as being fetched until the block ends."""
        return self._making(_label(upstream, version, binaries), "fetching", "fetched", "MB")

    @contextmanager
    def _making(self, label: str, doing: str, did: str, unit: str) -> Generator[None]:
        self._label, self._unit, self._done = label, unit, 0.0
        self._began = self._last_said = time.monotonic()
        self._task = self._live.add_task(label, total=None, unit=unit)
        self._say(f"{label}: {doing}")
        try:
            yield
        except BaseException:
            self._live.remove_task(self._task)
            raise
        self._live.update(self._task, total=self._done, completed=self._done)
        self._say(f"{label}: {did} {self._done:,.0f} {unit} in {time.monotonic() - self._began:.0f} s")

    def waiting(self, home: str) -> None:
        """Say that another process makes the same."""
        self.say(f"{home}: another process is building it; waiting.")

    def line(self, text: str) -> None:
        """Take one line of `go build -v`, which prints each package that it compiles."""
        self._add(" " not in text)

    def took(self, size: int) -> None:
        """Take the bytes of a piece of a file."""
        self._add(size / MEGABYTE)

    def say(self, text: str) -> None:
        """Print a line."""
        self._console.print(text, highlight=False, soft_wrap=True)

    def _add(self, amount: float) -> None:
        self._done += amount
        self._live.update(self._task, completed=self._done)
        now = time.monotonic()
        if now - self._last_said > PLAIN_LINE_SECONDS:
            self._last_said = now
            self._say(f"{self._label}: {self._done:,.0f} {self._unit} after {now - self._began:.0f} s")

    def _say(self, text: str) -> None:
        if not self._console.is_terminal:
            self.say(text)


def _label(upstream: str, version: str, binaries: Iterable[str]) -> str:
    names = ", ".join(binaries)
    return f"{upstream} {version}" + ("" if names == upstream else f" ({names})")
