"""The engines of all pods in one process: it listens at each pod's own address and port, and plays the load.

An engine listens once it has loaded, and its pod is Ready once its probes are answered. Health and metrics pages are
answered, the latter from then on, and what else can be read of an engine. Requests are not: their number is read off
the client pods that are Ready, and spread over the pods that their Service selects. Pods with a real server are left to
that.
"""

import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Self

from rehearsal.client import Client, Json
from rehearsal.clock import Clock
from rehearsal.engine.engine import AnyEngine
from rehearsal.engine.fleet import Fleet, Tally
from rehearsal.engine.load import Target, targets
from rehearsal.engine.page import CONTENT_TYPE, metrics_page
from rehearsal.engine.readiness import Readiness
from rehearsal.listener import NOT_FOUND, Answer, Listener
from rehearsal.loop import Loop
from rehearsal.mirror import Mirror

TICK_SECONDS = 0.1
"""How often what the API server says is looked at, on this machine's clock."""


class EngineDouble:
    """A context manager inside which the engines run.

    Args:
        client: who is told which pods are Ready.
        pods: mirror of the pods.
        services: mirror of the Services.
        read: returns the engine of a pod, if it has one.
        clock: by which the engines go.

    Attributes:
        targets: the servers and the load on each, by Service, `namespace/name`.
    """

    def __init__(
        self, client: Client, pods: Mirror, services: Mirror, read: Callable[[Json], AnyEngine | None], clock: Clock
    ) -> None:
        self._pods, self._services, self._read, self._clock = pods, services, read, clock
        self._lock = threading.Lock()
        self._fleets: dict[str, Fleet[Any]] = {}
        self._engines: dict[str, AnyEngine | None] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._readiness = Readiness(client)
        self._loop = Loop("engines", TICK_SECONDS, self._tick)
        self._drains: dict[str, float] = {}
        self.targets: dict[str, Target] = {}

    def __enter__(self) -> Self:
        self._loop.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.__exit__(*error)
        for listener in (each for listeners in self._listeners.values() for each in listeners):
            listener.close()

    @property
    def tallies(self) -> dict[str, Tally]:
        """What became of the requests that were sent to each server, by Service."""
        with self._lock:
            return {name: fleet.tally for name, fleet in self._fleets.items()}

    def check(self) -> None:
        """Raise what stopped the engines, if anything did: an address that cannot be had, an unknown model."""
        self._loop.check()

    def late(self, since: float) -> float:
        """Return by how much the engines were late at worst after `since` of `time.monotonic`, in modelled seconds."""
        return self._loop.late(since) * self._clock.speed

    def unready(self, pod: Json) -> str:
        """Say why a pod that should be Ready by now is not; empty if it is, or still loads."""
        return self._readiness.why.get(pod["metadata"]["uid"], "")

    def _tick(self) -> None:
        running = {key(pod): pod for pod in self._pods.objects if runs(pod)}
        engines = {name: engine for name, pod in running.items() if (engine := self._engine(pod))}
        ready = {name: pod for name, pod in running.items() if is_ready(pod)}
        drains = {
            name: ready[name]["spec"].get("terminationGracePeriodSeconds", 0) for name in engines if name in ready
        }
        self._drains |= drains
        services = {key(service): service for service in self._services.objects}
        self.targets = targets(ready, {name: each for name, each in engines.items() if name in ready}, services)
        with self._lock:
            self._play()
        doubles = {name: engine for name, engine in engines.items() if not engine.is_real}
        loaded = self._readiness.loaded(running, doubles)
        self._listen(running, {name: engine for name, engine in doubles.items() if name in loaded})
        obstacles = {running[name]["metadata"]["uid"]: engine.obstacle for name, engine in doubles.items()}
        waiting = [running[name] for name in sorted(loaded - ready.keys())]
        self._readiness.ask(waiting, {uid: obstacle for uid, obstacle in obstacles.items() if obstacle})

    def _engine(self, pod: Json) -> AnyEngine | None:
        uid = pod["metadata"]["uid"]
        if uid not in self._engines:
            self._engines[uid] = self._read(pod)
        return self._engines[uid]

    def _play(self) -> None:
        now = self._clock.now
        for name in self.targets.keys() - self._fleets.keys():
            self._fleets[name] = Fleet()
        for name, fleet in self._fleets.items():
            target = self.targets.get(name) or Target({}, 0, fleet.shape)
            doubles = {pod: engine.start for pod, engine in target.engines.items() if not engine.is_real}
            fleet.set_replicas(doubles, now, self._drains)
            fleet.set_clients(target.clients, target.shape, now)

    def _listen(self, pods: dict[str, Json], engines: dict[str, AnyEngine]) -> None:
        for name in self._listeners.keys() - engines.keys():
            for listener in self._listeners.pop(name):
                listener.close()
        for name in engines.keys() - self._listeners.keys():
            engine = engines[name]
            self._listeners[name] = [
                Listener(
                    pods[name]["status"]["podIP"],
                    port,
                    lambda path, name=name, engine=engine, port=port: self._answer(path, name, engine, port),
                )
                for port in {engine.port, engine.metrics_port}
            ]

    def _answer(self, path: str, pod: str, engine: AnyEngine, port: int) -> Answer:
        if port == engine.port and path in filter(None, (engine.health_path, engine.live_path)):
            return Answer(HTTPStatus.OK, "text/plain", b"")
        if port == engine.port and path in engine.answers:
            return Answer.of_json(engine.answers[path])
        if (port, path) != (engine.metrics_port, engine.metrics_path):
            return NOT_FOUND
        with self._lock:
            fleet = next((fleet for fleet in self._fleets.values() if pod in fleet.replicas), None)
            if fleet is None:
                return NOT_FOUND
            fleet.advance(self._clock.now)
            return Answer(HTTPStatus.OK, CONTENT_TYPE, metrics_page(engine, fleet.replicas[pod]))


def key(manifest: Json) -> str:
    """Return `namespace/name` of an object."""
    return f"{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"


def runs(pod: Json) -> bool:
    """Return whether a pod has an address and is not being deleted."""
    return "deletionTimestamp" not in pod["metadata"] and "podIP" in pod.get("status", {})


def is_ready(pod: Json) -> bool:
    """Return whether a pod gets requests."""
    conditions = pod.get("status", {}).get("conditions", ())
    alive = "deletionTimestamp" not in pod["metadata"]
    return alive and any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
