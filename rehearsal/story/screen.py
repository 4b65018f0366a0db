"""Shows a story while it is played: a live table on a terminal, a line where something changes elsewhere."""

from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rehearsal.server import Server
from rehearsal.story.observation import Observation
from rehearsal.story.setting import Setting
from rehearsal.story.told import Act
from rehearsal.story.verdict import Verdict

ROWS = 12
MARKS, PLAIN_MARKS = ("✓", "✗"), ("ok:", "BROKEN:")
"""In front of a verdict that held and of one that did not, also where a console's encoding has neither sign."""
COLUMNS = ("time", "server", "signal / target", "wanted", "ready", "pending", "nodes", "waiting", "clients")


class Screen:
    """A context manager; what it has shown stays on the console after it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False)
        self._rows: deque[tuple[str, ...]] = deque(maxlen=ROWS)
        self._targets: dict[str, float] = {}
        self._last: dict[str, object] = {}
        self._act = ""
        self._held, self._broke = MARKS if _can_show(console, "".join(MARKS)) else PLAIN_MARKS

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.update(Text(""), refresh=True)
            self._live.stop()

    def begin(self, setting: Setting) -> None:
        """Take down what to aim at."""
        self._targets = {server.name: server.target for server in setting.stack.servers}
        self._print(
            f"{setting.stack.name} at {setting.clock.speed:g} times the speed: {_names(setting.stack.servers)}; "
            f"one second here is {setting.clock.speed:g} s there"
        )
        for line in setting.stack.unloaded:
            self._print(f"- deployed, and not loaded: {line}")

    def act(self, act: Act) -> None:
        """Name the act."""
        self._act = act
        self._print(f"- {act}")

    def observed(self, observations: Sequence[Observation]) -> None:
        """Add a row for each server: of each observation on a terminal, of each change elsewhere."""
        live = self._console.is_terminal
        for seen in observations:
            row, state = _row(seen, self._targets[seen.server]), _state(seen, self._targets[seen.server])
            self._rows.append(row)
            if not live and state != self._last.get(seen.server):
                self._print("  " + ", ".join(f"{name} {cell}" for name, cell in zip(COLUMNS, row, strict=True)))
            self._last[seen.server] = state
        if live:
            self._live.update(Group(self._table(), Text(self._act, style="dim")), refresh=True)

    def judged(self, verdict: Verdict) -> None:
        """Say what was found."""
        if verdict.ok:
            self._print(f"{self._held} {verdict.text}", style="green")
        else:
            self._print(f"{self._broke} {verdict.broken}: {verdict.text}", style="bold red")

    def _print(self, line: str, style: str = "") -> None:
        self._console.print(Text(line, style=style), soft_wrap=True)

    def _table(self) -> Table:
        table = Table(*COLUMNS)
        for row in self._rows:
            table.add_row(*row)
        return table


def _can_show(console: Console, text: str) -> bool:
    try:
        text.encode(console.encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _state(seen: Observation, target: float) -> object:
    """Return what of an observation is worth a line of its own."""
    above = seen.signal is not None and seen.signal > target
    return seen.signal is None, above, seen.wanted, seen.ready, seen.pending, seen.clients, tuple(seen.nodes.values())


def _row(seen: Observation, target: float) -> tuple[str, ...]:
    nodes = " + ".join(str(count) for count in seen.nodes.values())
    minutes, seconds = divmod(int(seen.time), 60)
    return (
        f"{minutes}:{seconds:02}",
        seen.server,
        f"{_number(seen.signal)} / {target:g}",
        str(seen.wanted),
        str(seen.ready),
        str(seen.pending),
        nodes,
        _number(seen.waiting),
        str(seen.clients),
    )


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.3g}"


def _names(servers: Sequence[Server]) -> str:
    return ", ".join(f"{server.name} ({server.minimum} to {server.maximum})" for server in servers) or "no load"
