"""An update rehearsed: a stack as it was under load, made what it is to be, and the way back.

While the engine works and until all servers that stay are Ready again, everything that moves is watched.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from offline import Recording
from rehearsal import stack
from rehearsal.client import title
from rehearsal.engine.double import is_ready
from rehearsal.engine.fleet import Tally
from rehearsal.server import Server
from rehearsal.stack import PlayedStack
from rehearsal.story.observation import nodes_by_pool
from rehearsal.story.setting import Setting
from rehearsal.updates.deployment import Updates
from rehearsal.updates.passage import Passage
from rehearsal.updates.source import Source
from rehearsal.updates.update import Update

OBSERVE_SECONDS = 0.3
SLACK_SECONDS = 30
"""On this machine's clock: what its own work may add to any wait."""
CLIENTS = 1
"""Load clients of each server."""


@dataclass(frozen=True, slots=True)
class State:
    """A stack file that is rehearsed: what it becomes, what of it is played, and what the engine runs."""

    recording: Recording
    played: PlayedStack
    source: Source

    @classmethod
    def of(cls, recording: Recording, file: Path) -> "State":
        """Return what a recording of a stack file becomes.

        Raises:
            NothingToPlayError: it has nothing to play.
        """
        return cls(recording, stack.read(recording), Source.of(file, recording))


def joined(old: PlayedStack, new: PlayedStack) -> PlayedStack:
    """Return a stage for both: what either has, and of what both have, the new."""
    pools, objects = {each.name for each in new.pools}, {title(each) for each in new.manifests}
    servers = {each.name for each in new.servers}
    return replace(
        new,
        pools=[*new.pools, *(each for each in old.pools if each.name not in pools)],
        manifests=[*new.manifests, *(each for each in old.manifests if title(each) not in objects)],
        servers=[*new.servers, *(each for each in old.servers if each.name not in servers)],
    )


class Transition:
    """One stack on its stage, which goes from one state to another.

    Args:
        stage: made for both states, with the source of the old one; nothing is deployed yet.
        old: what it is first.
        new: what it is to be.
    """

    def __init__(self, stage: Setting, old: State, new: State) -> None:
        self._stage, self._old, self._new = stage, old, new
        assert isinstance(stage.deployment, Updates)
        self._updates, self._loaded, self._seen = stage.deployment, frozenset[str](), stage.clock.now
        self._prices: Mapping[str, float] = {
            server.pool: server.usd_per_node_hour or 0
            for state in (new, old)
            for server in state.recording.judged.servers.values()
        }

    def play(self, told: Callable[[str], None]) -> bool:
        """Play all of it, and return whether all of it held; `told` hears each line."""
        ok = True
        try:
            for title_, state in (("as it was", self._old), ("the update", self._new), ("the way back", self._old)):
                told(f"-- {title_}")
                passage = self._become(state)
                for line in passage.lines():
                    told(line)
                ok = ok and passage.ok
                self._load(state.played.servers)
        finally:
            told("-- destroyed")
            for verdict in self._updates.down():
                told(verdict.text)
                ok = ok and verdict.ok
        return ok

    def _become(self, state: State) -> Passage:
        stage, before = self._stage, self._tally()
        self._plan(state)
        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(self._updates.become, state.source.config)
            passage = Passage(Update(command="up"))
            try:
                while not wait([doing], OBSERVE_SECONDS).done:
                    stage.check()
                    self._watch(passage, state)
            except BaseException:
                self._updates.interrupt()
                raise
        passage.update = doing.result()
        deadline = time.monotonic() + stage.clock.compressed(state.played.ready_seconds) + SLACK_SECONDS
        while not self._is_settled(state) and time.monotonic() < deadline:
            stage.check()
            time.sleep(OBSERVE_SECONDS)
            self._watch(passage, state)
        passage.settled = self._is_settled(state)
        after = self._tally()
        passage.tally = Tally(
            after.answered - before.answered, after.refused - before.refused, after.cut_off - before.cut_off
        )
        return passage

    def _plan(self, state: State) -> None:
        """Let new nodes be those of a state; what goes is still known by its owner."""
        others = {each.name for each in state.played.pools}
        both = (*self._old.played.pools, *self._new.played.pools)
        pools = [*state.played.pools, *(each for each in both if each.name not in others)]
        resources = {*self._old.source.pools, *self._new.source.pools}
        self._stage.fleet.plan(pools, resources)

    def _watch(self, passage: Passage, state: State) -> None:
        now, nodes = self._stage.clock.now, nodes_by_pool(self._stage)
        passage.nodes = {name: max(count, passage.nodes.get(name, 0)) for name, count in nodes.items()}
        usd = sum(count * self._prices.get(name, 0) for name, count in nodes.items())
        passage.usd_per_hour = max(passage.usd_per_hour, usd)
        for server in self._staying(state):
            away = passage.away.setdefault(server.name, 0.0)
            if not self._ready(server):
                passage.away[server.name] = away + now - self._seen
        self._seen = now

    def _staying(self, state: State) -> Sequence[Server]:
        """Return the servers that are there before an update and after it: none before the first."""
        if not self._loaded:
            return ()
        return [each for each in state.played.servers if each.name in self._loaded]

    def _ready(self, server: Server) -> int:
        return sum(map(is_ready, self._stage.pods(server.workload)))

    def _is_settled(self, state: State) -> bool:
        return all(self._ready(server) >= server.minimum for server in state.played.servers)

    def _load(self, servers: Sequence[Server]) -> None:
        for server in servers:
            self._stage.plane.client.scale(server.clients, CLIENTS)
        self._loaded = frozenset(each.name for each in servers)
        self._seen = self._stage.clock.now

    def _tally(self) -> Tally:
        found = self._stage.engines.tallies.values()
        return Tally(
            sum(each.answered for each in found),
            sum(each.refused for each in found),
            sum(each.cut_off for each in found),
        )
