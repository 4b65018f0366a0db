"""What a person sees of a story while it is played."""

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from rich.console import Console

from rehearsal.story.screen import Screen
from rehearsal.story.setting import Setting
from rehearsal.story.told import Act
from rehearsal.story.verdict import Link, Verdict
from tests.rehearsal.report.stories import seen


def shown(*, terminal: bool) -> str:
    """Return what a short story writes."""
    server = SimpleNamespace(name="llama", minimum=1, maximum=2, target=5.0)
    stack = SimpleNamespace(name="gke-tpu", unloaded=(), servers=[server])
    stage = cast(Setting, cast(Any, SimpleNamespace(stack=stack, clock=SimpleNamespace(speed=30.0))))
    out = io.StringIO()
    with Screen(Console(file=out, force_terminal=terminal, width=120, legacy_windows=False)) as screen:
        screen.begin(stage)
        screen.act(Act.LOAD)
        quiet = seen(1, 1.0, 1)
        for observation in (quiet, replace(quiet, time=70.0, signal=2.0), seen(2, 160.0, 1), seen(3, None, 2)):
            screen.observed([observation])
        screen.judged(Verdict("llama scaled up"))
        screen.judged(Verdict("nothing scrapes it", Link.NOT_SCRAPED))
    return out.getvalue()


def test_a_pipe_gets_a_line_for_each_change_and_each_verdict() -> None:
    lines = shown(terminal=False).splitlines()
    assert lines[0] == "gke-tpu at 30 times the speed: llama (1 to 2); one second here is 30 s there"
    rows = [line for line in lines if "signal / target" in line]
    assert [row.partition(",")[0].strip() for row in rows] == ["time 1:00", "time 2:00", "time 3:00"]
    assert "signal / target 160 / 5" in rows[1]
    assert "signal / target ? / 5" in rows[2]
    assert "✓ llama scaled up" in lines
    assert "✗ not scraped: nothing scrapes it" in lines
    assert "\x1b" not in "".join(lines)


def test_a_console_without_check_marks_gets_words() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with Screen(Console(file=out, force_terminal=False, width=120)) as screen:
        screen.judged(Verdict("llama scaled up"))
        screen.judged(Verdict("nothing scrapes it", Link.NOT_SCRAPED))
    out.flush()
    assert out.buffer.getvalue() == b"ok: llama scaled up\nBROKEN: not scraped: nothing scrapes it\n"


def test_a_terminal_gets_a_table_that_lives() -> None:
    text = shown(terminal=True)
    for column in ("time", "signal / target", "wanted", "ready", "pending", "nodes", "waiting"):
        assert column in text
    assert "160 / 5" in text
    assert "\x1b[" in text
