"""The engines of all pods in one process: it listens at each Ready pod's own address and port, and plays the load.

Health and metrics pages are answered. Requests are not: their number is read off the client pods that are Ready, and
spread over the pods that their Service selects.
"""

import threading
from http import HTTPStatus
from typing import Self

from catalog.engines import VLLM
from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.engine import vllm_page, vllm_pod
from rehearsal.engine.fleet import Fleet
from rehearsal.engine.load import Target, targets
from rehearsal.engine.vllm_pod import Vllm
from rehearsal.listener import NOT_FOUND, Answer, Listener
from rehearsal.mirror import Mirror

TICK_SECONDS = 0.1
"""How often what the API server says is looked at, on this machine's clock."""


class EngineDouble:
    """A context manager inside which the engines run.

    Args:
        pods: mirror of the pods.
        services: mirror of the Services.
        clock: by which the engines go.

    Attributes:
        targets: the servers and the load on each, by Service, `namespace/name`.
    """

    def __init__(self, pods: Mirror, services: Mirror, clock: Clock) -> None:
        self._pods, self._services, self._clock = pods, services, clock
        self._lock = threading.Lock()
        self._fleets: dict[str, Fleet] = {}
        self._engines: dict[str, Vllm | None] = {}
        self._listeners: dict[str, Listener] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engines", daemon=True)
        self._failure: Exception | None = None
        self.targets: dict[str, Target] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._thread.join()
        for listener in self._listeners.values():
            listener.close()

    def check(self) -> None:
        """Raise what stopped the engines, if anything did: an address that cannot be had, an unknown model."""
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._closed.wait(TICK_SECONDS):
                self._tick()
        except Exception as error:
            self._failure = error

    def _tick(self) -> None:
        ready = {key(pod): pod for pod in self._pods.objects if is_ready(pod)}
        engines = {name: engine for name, pod in ready.items() if (engine := self._engine(pod))}
        services = {key(service): service for service in self._services.objects}
        self.targets = targets(ready, engines, services)
        with self._lock:
            self._play()
        self._listen(ready, engines)

    def _engine(self, pod: Json) -> Vllm | None:
        uid = pod["metadata"]["uid"]
        if uid not in self._engines:
            self._engines[uid] = vllm_pod.read(pod["spec"])
        return self._engines[uid]

    def _play(self) -> None:
        now = self._clock.now
        self._fleets = {name: self._fleets.get(name) or Fleet() for name in self.targets}
        for name, target in self.targets.items():
            fleet = self._fleets[name]
            fleet.set_replicas({pod: engine.limits for pod, engine in target.engines.items()}, now)
            fleet.set_clients(target.clients, target.shape, now)

    def _listen(self, pods: dict[str, Json], engines: dict[str, Vllm]) -> None:
        for name in self._listeners.keys() - engines.keys():
            self._listeners.pop(name).close()
        for name in engines.keys() - self._listeners.keys():
            engine = engines[name]
            self._listeners[name] = Listener(
                pods[name]["status"]["podIP"],
                engine.port,
                lambda path, name=name, engine=engine: self._answer(path, name, engine.served_name),
            )

    def _answer(self, path: str, pod: str, served_name: str) -> Answer:
        if path == VLLM.health_path:
            return Answer(HTTPStatus.OK, "text/plain", b"")
        if path != VLLM.metrics_path:
            return NOT_FOUND
        with self._lock:
            fleet = next((fleet for fleet in self._fleets.values() if pod in fleet.replicas), None)
            if fleet is None:
                return NOT_FOUND
            fleet.advance(self._clock.now)
            return Answer(
                HTTPStatus.OK, vllm_page.CONTENT_TYPE, vllm_page.metrics_page(served_name, fleet.replicas[pod])
            )


def key(manifest: Json) -> str:
    """Return `namespace/name` of an object."""
    return f"{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"


def is_ready(pod: Json) -> bool:
    """Return whether a pod gets requests."""
    conditions = pod.get("status", {}).get("conditions", ())
    alive = "deletionTimestamp" not in pod["metadata"]
    return alive and any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
