"""Looks on while a story waits for something: observes the servers, judges what came, and finds the link that broke."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from rehearsal.server import Server
from rehearsal.story import attended
from rehearsal.story.attended import OBSERVE_SECONDS
from rehearsal.story.diagnosis import diagnose
from rehearsal.story.observation import Observation, observe
from rehearsal.story.setting import Setting
from rehearsal.story.told import Act, Show, Told
from rehearsal.story.verdict import Verdict, duration

PATIENCE = 4
"""How many times the slack of any wait a pod gets while the engine waits for it, which it does for minutes."""
LATE_SECONDS = 60
"""Modelled: two scrapes. Engines that are later than this show an autoscaler what no cluster would."""

T = TypeVar("T")
Done = Callable[[Server, Observation], bool]
Text = Callable[[Server], str]


class LateError(Exception):
    """Servers have pods that have not become Ready in their time."""

    def __init__(self, servers: Sequence[Server]) -> None:
        super().__init__()
        self.servers = servers


class Watch:
    """What a story sees.

    Every wait raises `ProcessError` as soon as a part of the rehearsal has ended.

    Args:
        setting: where it is played.
        show: who watches, too.
        told: keeps what was seen.
    """

    def __init__(self, setting: Setting, show: Show, told: Told) -> None:
        self._setting, self._show, self._told, self._clock = setting, show, told, setting.clock
        self._began = setting.clock.now
        self._act_began = time.monotonic()

    @property
    def now(self) -> float:
        """Modelled seconds since the story began."""
        return self._clock.now - self._began

    def begin(self, act: Act) -> None:
        """Begin an act."""
        self._told.acts[act], self._act_began = self.now, time.monotonic()
        self._show.act(act)

    def judge(self, verdict: Verdict) -> None:
        """Keep a verdict and show it."""
        self._told.verdicts.append(verdict)
        self._show.judged(verdict)

    def attended(self, work: Callable[[], T], look: Callable[[], object] | None = None) -> T:
        """Return what some work returns; it ends early if a part of the rehearsal has ended."""
        return attended.attended(work, look or self._setting.check, self._setting.deployment.interrupt)

    def do(self, work: Callable[[], Sequence[Verdict]], *, pods_within: float | None = None) -> bool:
        """Let the deployment work while the servers are observed; judge what it found, and tell whether all held.

        Raises:
            LateError: pods have not become Ready within so many modelled seconds; the engine would wait for them.
        """
        pending: dict[str, float] = {}

        def look() -> None:
            self._setting.check()
            for seen in self.observe():
                if seen.ready or not seen.pending:
                    pending.pop(seen.server, None)
                else:
                    pending.setdefault(seen.server, self.now)
            if pods_within is not None:
                longest = pods_within + PATIENCE * attended.SLACK_SECONDS * self._clock.speed
                names = [name for name, since in pending.items() if self.now - since > longest]
                if names:
                    raise LateError([each for each in self._setting.stack.servers if each.name in names])

        found = self.attended(work, look)
        for verdict in found:
            self.judge(verdict)
        return all(verdict.ok for verdict in found)

    def reached(self, done: Done, seconds: float, text: Text, *, loaded: bool, servers: Sequence[Server]) -> bool:
        """Wait until this is so of every server; judge each, and find the broken link of those of which it is not."""
        late = {server.name: server for server in servers}

        def look() -> bool:
            for seen in self.observe():
                if seen.server in late and done(late[seen.server], seen):
                    self.judge(Verdict(text(late.pop(seen.server))))
            return not late

        return self.wait(look, seconds, observe_too=False) or self.find(list(late.values()), loaded=loaded)

    def find(self, servers: Sequence[Server], *, loaded: bool) -> bool:
        """Judge the broken link of each of these; return False, as none of them is where it should be."""
        for server in servers:
            found = self.attended(lambda server=server: diagnose(self._setting, server, loaded=loaded))
            self.judge(replace(found, text=found.text + self._lateness()))
        return False

    def _lateness(self) -> str:
        late, speed = self._setting.engines.late(self._act_began), self._clock.speed
        if late < LATE_SECONDS:
            return ""
        return (
            f"; or this machine is too busy for SPEED={speed:g}, since its engines were {duration(late)} of the "
            f"cluster's time late: rehearse with SPEED={max(speed / 4, 1):.0f} to know"
        )

    def wait(self, done: Callable[[], bool], seconds: float, *, observe_too: bool = True) -> bool:
        """Wait until `done`, and tell whether it was within so many modelled seconds."""
        deadline = time.monotonic() + self._clock.compressed(seconds) + attended.SLACK_SECONDS
        while not done():
            if time.monotonic() > deadline:
                return False
            self._setting.check()
            time.sleep(OBSERVE_SECONDS)
            if observe_too:
                self.observe()
        return True

    def observe(self) -> list[Observation]:
        """Look at all servers, and keep and show what they are like."""
        seen = [observe(self._setting, server, self._began) for server in self._setting.stack.servers]
        self._told.observations += seen
        self._show.observed(seen)
        return seen
