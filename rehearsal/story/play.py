"""Plays a story act by act and says what held. Whatever breaks, the stack's objects are taken away again."""

import time
from collections.abc import Mapping

import httpx2

from rehearsal.server import Server
from rehearsal.story import drain
from rehearsal.story.attended import OBSERVE_SECONDS, patiently
from rehearsal.story.diagnosis import out_of_reach
from rehearsal.story.goals import goal, is_up, seconds_down
from rehearsal.story.observation import nodes_by_pool
from rehearsal.story.setting import Setting
from rehearsal.story.told import Act, Show, Told
from rehearsal.story.verdict import Link, Verdict, duration
from rehearsal.story.watch import LateError, Watch

# Modelled seconds.
REACT_SECONDS = 5 * 60
"""Beside node, load and stabilisation times, what a change may take from the series to the replicas."""
STEP_SECONDS = 2 * 60
"""What each further replica may add, by the policies of an autoscaler's behaviour."""
HOLD_SECONDS = 3 * 60
"""How long the load stays once all replicas are there."""


def play(setting: Setting, show: Show) -> Told:
    """Play the whole story.

    Raises:
        ProcessError: a part of the rehearsal ended, so that nothing can be said of the stack.
    """
    story = _Story(setting, show)
    show.begin(setting)
    loaded = (story.load, story.hold, story.update, story.rest)
    for acts in ((story.start, *(loaded if setting.stack.servers else (story.update,))), (story.tear_down,)):
        try:
            for act in acts:
                if not act():
                    break
        except httpx2.TransportError as error:
            time.sleep(OBSERVE_SECONDS)
            setting.check()  # A server may be silent because another part has ended.
            story.watch.judge(Verdict(f"the API server does not answer: {error}", Link.API_SERVER))
    return story.told


class _Story:
    def __init__(self, setting: Setting, show: Show) -> None:
        self._setting, self._clock = setting, setting.clock
        self._servers, self._played = setting.stack.servers, setting.stack
        self._nodes: Mapping[str, int] = {}
        series = setting.metrics.series
        self.told = Told({server.name: goal(server, series(server.metric)) for server in self._servers})
        self.watch = Watch(setting, show, self.told)

    def start(self) -> bool:
        """Deploy the stack, and wait until the fewest replicas are Ready and their signal is read."""
        self.watch.begin(Act.START)
        try:
            if not self.watch.do(self._setting.deployment.up, pods_within=self._ready_seconds):
                return False
        except LateError as late:
            return self.watch.find(late.servers, loaded=False)
        if why := self._setting.metrics.unkept():
            self.watch.judge(Verdict(why, Link.NOT_KEPT))
            return False
        return self.watch.reached(
            lambda server, seen: seen.ready >= server.minimum and seen.signal is not None,
            self._ready_seconds,
            lambda server: f"{server.name}: {server.minimum} Ready, and its autoscaler reads {server.metric}",
            loaded=False,
            servers=self._servers,
        )

    def load(self) -> bool:
        """Send the clients, and wait until the autoscaler has what it wants."""
        self.watch.begin(Act.LOAD)
        self._nodes = nodes_by_pool(self._setting)
        self._scale_clients({name: aim.clients for name, aim in self.told.goals.items()})
        goals, within_reach = self.told.goals, list[Server]()
        for server in self._servers:
            if goals[server.name].is_within_reach:
                within_reach.append(server)
            else:
                self.watch.judge(out_of_reach(server))
        if not within_reach:
            return False
        further = max(goals[server.name].expected - server.minimum for server in within_reach)
        longest = max(server.engine.load_seconds for server in within_reach)
        return self.watch.reached(
            lambda server, seen: is_up(server, goals[server.name], seen),
            REACT_SECONDS + further * (STEP_SECONDS + self._played.add_seconds + longest),
            self._scaled_up,
            loaded=True,
            servers=within_reach,
        )

    def hold(self) -> bool:
        """Let the load stay for a while."""
        self.watch.begin(Act.HOLD)
        end = self._clock.now + HOLD_SECONDS
        return self.watch.wait(lambda: self._clock.now >= end, HOLD_SECONDS)

    def update(self) -> bool:
        """Deploy the stack again although its autoscalers have moved, and let an object be lost and restored."""
        self.watch.begin(Act.UPDATE)
        # Each is shown whatever became of the other.
        return all([self.watch.do(self._setting.deployment.again), self.watch.do(self._setting.deployment.restore)])

    def rest(self) -> bool:
        """Take the clients away, and wait until replicas and nodes are what they were; drain a node in between."""
        self.watch.begin(Act.REST)
        self._scale_clients(dict.fromkeys(self.told.goals, 0))
        since = self.told.acts[Act.REST]
        came_back = self.watch.reached(
            lambda server, seen: seen.wanted == seen.ready == server.minimum and not seen.pending,
            REACT_SECONDS + max(map(seconds_down, self._servers)),
            lambda server: (
                f"{server.name} came back to {server.minimum}, {duration(self.watch.now - since)} after the load went"
            ),
            loaded=False,
            servers=self._servers,
        )
        if not came_back or not drain.drained(self._setting, self.watch, self._ready_seconds):
            return False
        wait = self._played.remove_seconds + REACT_SECONDS
        came_back = self.watch.wait(lambda: nodes_by_pool(self._setting) == self._nodes, wait)
        self.watch.observe()
        if came_back:
            now = ", ".join(f"{name} {count}" for name, count in self._nodes.items())
            self.watch.judge(Verdict(f"nodes came back: {now}, {duration(self.watch.now - since)} after the load went"))
        else:
            found = nodes_by_pool(self._setting)
            self.watch.judge(
                Verdict(f"nodes were {dict(self._nodes)} before the load and are {found}", Link.NODES_STAY)
            )
        return True

    def tear_down(self) -> bool:
        """Remove the stack, and look for what is left."""
        self.watch.begin(Act.TEARDOWN)
        return self.watch.do(self._setting.deployment.down)

    @property
    def _ready_seconds(self) -> float:
        """How long a pod may take until it is Ready, with a node of its own."""
        return self._played.ready_seconds + REACT_SECONDS

    def _scaled_up(self, server: Server) -> str:
        if server.minimum == server.maximum:
            return f"{server.name} keeps {server.maximum} under load, as its autoscaler may have neither fewer nor more"
        since = self.told.acts[Act.LOAD]
        seen = [each for each in self.told.observations if each.server == server.name and each.time >= since]
        asked = next((each.time for each in seen if each.wanted > seen[0].ready), since)
        aim, requests = self.told.goals[server.name], server.load.concurrency
        return (
            f"{server.name} scaled up from {seen[0].ready} to {seen[-1].wanted} of at most {server.maximum}: wanted "
            f"{duration(asked - since)} after the load, Ready {duration(seen[-1].time - since)} after it; "
            f"by the model's average, {aim.clients * requests} requests under way ask for {aim.expected}"
        )

    def _scale_clients(self, replicas: Mapping[str, int]) -> None:
        client = self._setting.plane.client
        for server in self._servers:
            wanted = replicas[server.name]
            self.watch.attended(
                lambda server=server, wanted=wanted: patiently(lambda: client.scale(server.clients, wanted))
            )
