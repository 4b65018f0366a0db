"""The loop, second by second: load, engines, scrapes, adapter, autoscaler, pods and nodes."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from typing_extensions import override

from rehearsal.engine.batching import FIRST_TOKEN_BOUNDS, BatchingEngine
from rehearsal.engine.fleet import Fleet
from rehearsal.engine.histogram import Histogram
from simulate import hpa
from simulate.cluster import Cluster, Replica
from simulate.hpa import SYNC_SECONDS
from simulate.load import Load
from simulate.replica_count import Observation, Pod
from simulate.scaling_rules import History
from simulate.scenario import Scenario
from simulate.signals import SIGNALS
from slipway.catalog.engines import Signal

_READ: Mapping[Signal, Callable[[BatchingEngine], float]] = {
    "waiting-requests": lambda engine: engine.waiting,
    "kv-cache-use": lambda engine: engine.kv_cache_use,
}
"""What an engine's gauges show, by signal."""


class UnknownSeriesError(Exception):
    """An autoscaler follows a series that the engine's model does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """The state at the end of one second.

    Attributes:
        clients: requests kept under way.
        waiting: requests without a place in a batch, over all replicas.
        signal: average of the followed series over the replicas that answer.
        replicas: pods that the workload has.
        ready: those that answer.
        nodes: nodes that are there.
    """

    clients: int
    waiting: int
    signal: float
    replicas: int
    ready: int
    nodes: int


@dataclass(frozen=True, slots=True)
class Run:
    """One simulation.

    Attributes:
        seconds: one entry a second, from second 0 on.
        first_tokens: seconds from a request's arrival to its first token, of all requests that got one, sorted.
    """

    scenario: Scenario
    load: Load
    seconds: tuple[Second, ...]
    first_tokens: tuple[float, ...]


def run(scenario: Scenario, load: Load) -> Run:
    """Simulate a server under a load until its autoscaler has had the time to come down after the last step.

    The same arguments give the same run.

    Raises:
        UnknownSeriesError: the engine's model does not have the series that the autoscaler follows.
    """
    if SIGNALS.get(scenario.signal) not in _READ:
        raise UnknownSeriesError(f"series {scenario.signal} is not simulated; those that are: {', '.join(SIGNALS)}")
    loop = _Loop(scenario, load)
    seconds = tuple(loop.second(now) for now in range(end(scenario, load)))
    return Run(scenario, load, seconds, tuple(sorted(loop.first_tokens)))


def end(scenario: Scenario, load: Load) -> int:
    """Return the seconds that are simulated: past the last step by the slowest way down, and five minutes."""
    bounds = scenario.autoscaler.bounds
    slowest = max(policy.period for policy in bounds.down.policies) * (bounds.maximum - bounds.minimum)
    return load.last + round(bounds.down.window + slowest) + scenario.idle_seconds + 300


class _Exact(Histogram):
    """A histogram that also keeps what it observes."""

    def __init__(self, values: list[float]) -> None:
        super().__init__(FIRST_TOKEN_BOUNDS)
        self._values = values

    @override
    def observe(self, value: float, times: int = 1) -> None:
        super().observe(value, times)
        self._values += [value] * times


class _Loop:
    def __init__(self, scenario: Scenario, load: Load) -> None:
        self._scenario, self._load = scenario, load
        self._cluster, self._fleet = Cluster(scenario), Fleet[BatchingEngine]()
        self._read = _READ[SIGNALS[scenario.signal]]
        self._samples: dict[str, deque[tuple[int, int]]] = {}
        self._history: History | None = None
        self.first_tokens: list[float] = []

    def second(self, now: int) -> Second:
        self._cluster.advance(now)
        self._play(now)
        self._scrape(now)
        if now % SYNC_SECONDS == 0:
            self._sync(now)
        engines = self._fleet.replicas.values()
        return Second(
            clients=self._fleet.clients,
            waiting=sum(engine.waiting for engine in engines),
            signal=sum(map(self._read, engines)) / max(len(engines), 1),
            replicas=len(self._cluster.replicas),
            ready=len(engines),
            nodes=self._cluster.nodes_there(now),
        )

    def _play(self, now: int) -> None:
        start = partial(BatchingEngine, self._scenario.limits)
        ready = {each.name: start for each in self._cluster.replicas if each.stage(now) == "ready"}
        known = set(self._fleet.replicas)
        self._fleet.set_replicas(ready, now)
        for name in self._fleet.replicas.keys() - known:
            self._fleet.replicas[name].first_token = _Exact(self.first_tokens)
        self._fleet.set_clients(self._load.clients(now), self._scenario.shape, now)

    def _scrape(self, now: int) -> None:
        """Take a value of each engine at its own second of the interval, as Prometheus spreads its targets."""
        interval = self._scenario.scrape_seconds
        for replica in self._cluster.replicas:
            engine = self._fleet.replicas.get(replica.name)
            if engine and (now + 7 * replica.number) % interval == 0:
                self._samples.setdefault(replica.name, deque()).append((now, int(self._read(engine) * 1000)))

    def _sync(self, now: int) -> None:
        replicas = self._cluster.replicas
        seen = Observation(
            replicas=len(replicas),
            status_replicas=len(replicas),
            pods=[_pod(replica, now) for replica in replicas],
            values={metric.name: self._values(now) for metric in self._scenario.autoscaler.metrics},
        )
        wanted, self._history = hpa.sync(self._scenario.autoscaler, seen, self._history, now)
        self._cluster.scale(wanted, now)

    def _values(self, now: int) -> dict[str, int]:
        """Return the newest value of each pod that the adapter has."""
        values: dict[str, int] = {}
        for replica in self._cluster.replicas:
            samples = self._samples.get(replica.name, deque())
            while len(samples) > 1 and samples[1][0] + self._scenario.metric_delay <= now:
                samples.popleft()
            if samples and samples[0][0] + self._scenario.metric_delay <= now:
                values[replica.name] = samples[0][1]
        return values


def _pod(replica: Replica, now: int) -> Pod:
    stage = replica.stage(now)
    return Pod(replica.name, "Running" if stage in ("loading", "ready") else "Pending", stage == "ready")
