"""Plays a story act by act and says what held. Whatever breaks, the stack's objects are taken away again."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from http import HTTPStatus

import httpx2

from rehearsal.client import ApiError
from rehearsal.server import Server
from rehearsal.story.diagnosis import diagnose, out_of_reach
from rehearsal.story.goals import goal, is_up, seconds_down
from rehearsal.story.observation import Observation, nodes_by_pool, observe
from rehearsal.story.setting import Setting
from rehearsal.story.told import Act, Show, Told
from rehearsal.story.verdict import Link, Verdict, duration

OBSERVE_SECONDS = 0.5
SLACK_SECONDS = 20
"""On this machine's clock: what its own work may add to any wait."""

# Modelled seconds.
REACT_SECONDS = 5 * 60
"""Beside node, load and stabilisation times, what a change may take from the series to the replicas."""
STEP_SECONDS = 2 * 60
"""What each further replica may add, by the policies of an autoscaler's behaviour."""
HOLD_SECONDS = 3 * 60
"""How long the load stays once all replicas are there."""


def play(setting: Setting, show: Show) -> Told:
    """Play the whole story."""
    story = _Story(setting, show)
    show.begin(setting)
    try:
        for act in (story.start, story.load, story.hold, story.update, story.rest):
            if not act():
                break
    except httpx2.TransportError as error:
        story.judge(Verdict(f"the API server does not answer: {error}", Link.API_SERVER))
    story.tear_down()
    return story.told


class _Story:
    def __init__(self, setting: Setting, show: Show) -> None:
        self._setting, self._show, self._clock = setting, show, setting.clock
        self._servers, self._played = setting.stack.servers, setting.stack
        self._nodes: Mapping[str, int] = {}
        self._began = setting.clock.now
        series = setting.metrics.series
        self.told = Told({server.name: goal(server, series(server.metric)) for server in self._servers})

    def start(self) -> bool:
        """Deploy the stack, and wait until the fewest replicas are Ready and their signal is read."""
        self._begin(Act.START)
        if not self._do(self._setting.deployment.up):
            return False
        longest = max(server.engine.load_seconds for server in self._servers)
        return self._reached(
            lambda server, seen: seen.ready >= server.minimum and seen.signal is not None,
            self._played.add_seconds + longest + REACT_SECONDS,
            lambda server: f"{server.name}: {server.minimum} Ready, and its autoscaler reads {server.metric}",
            loaded=False,
        )

    def load(self) -> bool:
        """Send the clients, and wait until the autoscaler has what it wants."""
        self._begin(Act.LOAD)
        self._nodes = nodes_by_pool(self._setting)
        self._scale_clients({name: aim.clients for name, aim in self.told.goals.items()})
        goals, within_reach = self.told.goals, list[Server]()
        for server in self._servers:
            if goals[server.name].is_within_reach:
                within_reach.append(server)
            else:
                self.judge(out_of_reach(server))
        if not within_reach:
            return False
        further = max(goals[server.name].expected - server.minimum for server in within_reach)
        longest = max(server.engine.load_seconds for server in within_reach)
        return self._reached(
            lambda server, seen: is_up(server, goals[server.name], seen),
            REACT_SECONDS + further * (STEP_SECONDS + self._played.add_seconds + longest),
            self._scaled_up,
            loaded=True,
            servers=within_reach,
        )

    def hold(self) -> bool:
        """Let the load stay for a while."""
        self._begin(Act.HOLD)
        end = self._clock.now + HOLD_SECONDS
        self._wait(lambda: self._clock.now >= end, HOLD_SECONDS)
        return True

    def update(self) -> bool:
        """Deploy the stack again although its autoscalers have moved, and let an object be lost and restored."""
        self._begin(Act.UPDATE)
        # Each is shown whatever became of the other.
        return all([self._do(self._setting.deployment.again), self._do(self._setting.deployment.restore)])

    def rest(self) -> bool:
        """Take the clients away, and wait until the replicas are the fewest and the nodes what they were."""
        self._begin(Act.REST)
        self._scale_clients(dict.fromkeys(self.told.goals, 0))
        since = self.told.acts[Act.REST]
        came_back = self._reached(
            lambda server, seen: seen.wanted == seen.ready == server.minimum and not seen.pending,
            REACT_SECONDS + max(map(seconds_down, self._servers)),
            lambda server: (
                f"{server.name} came back to {server.minimum}, {duration(self._now - since)} after the load went"
            ),
            loaded=False,
        )
        if not came_back:
            return False
        wait = self._played.remove_seconds + REACT_SECONDS
        came_back = self._wait(lambda: nodes_by_pool(self._setting) == self._nodes, wait)
        self._observe()
        if came_back:
            now = ", ".join(f"{name} {count}" for name, count in self._nodes.items())
            self.judge(Verdict(f"nodes came back: {now}, {duration(self._now - since)} after the load went"))
        else:
            found = nodes_by_pool(self._setting)
            self.judge(Verdict(f"nodes were {dict(self._nodes)} before the load and are {found}", Link.NODES_STAY))
        return True

    def tear_down(self) -> None:
        """Remove the stack, and look for what is left."""
        self._begin(Act.TEARDOWN)
        try:
            self._do(self._setting.deployment.down)
        except httpx2.TransportError as error:
            self.judge(Verdict(f"the API server does not answer: {error}", Link.API_SERVER))

    def judge(self, verdict: Verdict) -> None:
        """Keep a verdict and show it."""
        self.told.verdicts.append(verdict)
        self._show.judged(verdict)

    def _do(self, work: Callable[[], Sequence[Verdict]]) -> bool:
        """Let the deployment work while the servers are observed; judge what it found, and tell whether all held."""
        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(work)
            try:
                while not wait([doing], OBSERVE_SECONDS).done:
                    self._setting.check()
                    self._observe()
            except BaseException:
                self._setting.deployment.interrupt()
                raise
        found = doing.result()
        for verdict in found:
            self.judge(verdict)
        return all(verdict.ok for verdict in found)

    @property
    def _now(self) -> float:
        return self._clock.now - self._began

    def _begin(self, act: Act) -> None:
        self.told.acts[act] = self._now
        self._show.act(act)

    def _reached(
        self,
        done: Callable[[Server, Observation], bool],
        seconds: float,
        text: Callable[[Server], str],
        *,
        loaded: bool,
        servers: Sequence[Server] | None = None,
    ) -> bool:
        """Wait until this is so of every server; judge each, and find the broken link of those of which it is not."""
        late = {server.name: server for server in servers or self._servers}

        def look() -> bool:
            for seen in self._observe():
                if seen.server in late and done(late[seen.server], seen):
                    self.judge(Verdict(text(late.pop(seen.server))))
            return not late

        if self._wait(look, seconds, observe_too=False):
            return True
        for server in late.values():
            self.judge(diagnose(self._setting, server, loaded=loaded))
        return False

    def _wait(self, done: Callable[[], bool], seconds: float, *, observe_too: bool = True) -> bool:
        deadline = time.monotonic() + self._clock.compressed(seconds) + SLACK_SECONDS
        while not done():
            if time.monotonic() > deadline:
                return False
            self._setting.check()
            time.sleep(OBSERVE_SECONDS)
            if observe_too:
                self._observe()
        return True

    def _observe(self) -> list[Observation]:
        seen = [observe(self._setting, server, self._began) for server in self._servers]
        self.told.observations += seen
        self._show.observed(seen)
        return seen

    def _scaled_up(self, server: Server) -> str:
        since = self.told.acts[Act.LOAD]
        seen = [each for each in self.told.observations if each.server == server.name and each.time >= since]
        asked = next(each.time for each in seen if each.wanted > seen[0].ready)
        aim, requests = self.told.goals[server.name], server.load.concurrency
        return (
            f"{server.name} scaled up from {seen[0].ready} to {seen[-1].wanted} of at most {server.maximum}: wanted "
            f"{duration(asked - since)} after the load, Ready {duration(seen[-1].time - since)} after it; "
            f"by the model's average, {aim.clients * requests} requests under way ask for {aim.expected}"
        )

    def _scale_clients(self, replicas: Mapping[str, int]) -> None:
        for server in self._servers:
            _patiently(lambda server=server: self._setting.plane.client.scale(server.clients, replicas[server.name]))


def _patiently(request: Callable[[], object]) -> None:
    """Make a request, again and again while the API server is away."""
    deadline = time.monotonic() + SLACK_SECONDS
    while True:
        try:
            request()
            return
        except (ApiError, httpx2.TransportError) as error:
            refused = isinstance(error, ApiError) and error.code < HTTPStatus.INTERNAL_SERVER_ERROR
            if refused or time.monotonic() > deadline:
                raise
            time.sleep(OBSERVE_SECONDS)
