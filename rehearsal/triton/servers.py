"""The real Triton servers of all pods: each started with its pod, asked by its clients, and stopped with it.

A pod is Ready when its load time has passed and its server answers what the pod's readiness probe asks; this says so
to the API server in the kubelet's place. A server that has once been ready counts as ready until its pod goes.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Self

from typing_extensions import override

from rehearsal.client import Client, Json
from rehearsal.clock import Clock
from rehearsal.control_plane import ControlPlane
from rehearsal.engine.double import runs
from rehearsal.engine.engine import AnyEngine, Surroundings
from rehearsal.engine.load import Target
from rehearsal.engine.readiness import tell_ready
from rehearsal.mirror import Mirror
from rehearsal.triton.clients import Asked, Clients
from rehearsal.triton.host import PORTS, Host, is_ready
from rehearsal.triton.plan import plan

TICK_SECONDS = 0.1
START_SECONDS = 3
"""What a server takes on this machine until it is ready. It starts so long before its load time has passed, since
Triton listens only once its models are loaded, and a page that is there earlier would tell the autoscaler of a 0."""


class TritonServers:
    """A context manager inside which they run.

    Args:
        plane: the control plane, among whose processes they are.
        pods: mirror of the pods.
        around: the stack.
        engine: returns the engine of a pod's `spec`, if it has one.
        targets: returns the load on each server, by Service.
        clock: compresses load times and batches.

    Raises:
        MissingWheelError: there is no tritonserver.
    """

    def __init__(
        self,
        plane: ControlPlane,
        pods: Mirror,
        around: Surroundings,
        *,
        engine: Callable[[Json], AnyEngine | None],
        targets: Callable[[], Mapping[str, Target]],
        clock: Clock,
    ) -> None:
        folder = plane.slot.folder / "triton"
        folder.mkdir()
        self._host = Host(folder, plane.processes, region=plane.slot.region, speed=clock.speed)
        self._client, self._pods, self._around = plane.client, pods, around
        self._engine, self._targets, self._clock = engine, targets, clock
        self._clients = Clients(clock.speed)
        self._engines: dict[str, AnyEngine | None] = {}
        self._served: dict[str, _Served] = {}
        self._failure: Exception | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="triton", daemon=True)

    def __enter__(self) -> Self:
        self._clients.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._thread.join()
        self._clients.__exit__(*error)
        for served in self._served.values():
            served.closed.set()
        for served in self._served.values():
            served.join()

    def check(self) -> None:
        """Raise what stopped a server, if anything did: its process ended, or its repository is none."""
        for failure in (self._failure, *(served.failure for served in self._served.values())):
            if failure:
                raise failure

    def problem(self, service: str) -> str:
        """Say why the clients of a server, by its Service, get no answers; empty if they do."""
        return self._clients.problem(service)

    def _run(self) -> None:
        try:
            while not self._closed.wait(TICK_SECONDS):
                there = {pod["metadata"]["uid"]: pod for pod in self._pods.objects if runs(pod)}
                self._stop(there)
                self._start(there)
                self._ask()
        except Exception as error:
            self._failure = error

    def _stop(self, there: Mapping[str, Json]) -> None:
        for uid, served in list(self._served.items()):
            if uid not in there:
                served.closed.set()
                if not served.is_alive() and not served.failure:
                    del self._served[uid]

    def _start(self, there: Mapping[str, Json]) -> None:
        """Start what is new; an address is free for the next pod once the server of the last one has ended."""
        taken = {served.address for served in self._served.values()}
        for uid, pod in there.items():
            if uid not in self._engines:
                self._engines[uid] = self._engine(pod["spec"])
            engine = self._engines[uid]
            if engine and engine.is_real and uid not in self._served and pod["status"]["podIP"] not in taken:
                load_seconds = self._clock.compressed(engine.load_seconds)
                self._served[uid] = _Served(pod, self._around, load_seconds, self._host, self._client)
                self._served[uid].start()

    def _ask(self) -> None:
        addresses = {_name(served.pod): served.address for served in self._served.values()}
        self._clients.asked = {
            service: Asked(
                [f"http://{addresses[pod]}:{PORTS.http}{target.path}" for pod in target.engines if pod in addresses],
                target.body,
                target.clients,
            )
            for service, target in self._targets().items()
            if any(engine.is_real for engine in target.engines.values())
        }


class _Served(threading.Thread):
    """The server of one pod, until `closed`."""

    def __init__(self, pod: Json, around: Surroundings, load_seconds: float, host: Host, client: Client) -> None:
        super().__init__(name=f"triton {pod['metadata']['name']}", daemon=True)
        self.pod, self.address = pod, str(pod["status"]["podIP"])
        self.closed = threading.Event()
        self.failure: Exception | None = None
        self._around, self._host, self._client = around, host, client
        self._loaded = time.monotonic() + load_seconds

    @override
    def run(self) -> None:
        try:
            self._serve()
        except Exception as error:
            self.failure = error

    def _serve(self) -> None:
        if self.closed.wait(max(self._loaded - START_SECONDS - time.monotonic(), 0)):
            return
        metadata, pod, is_told = self.pod["metadata"], self.pod["spec"], False
        found = self._client.list("v1", "ConfigMap", namespace=metadata["namespace"])
        maps = {each["metadata"]["name"]: each for each in found}
        planned = plan(pod, self._around, maps)
        name = f"tritonserver-{metadata['namespace']}-{metadata['name']}"
        with self._host.serve(name, pod, planned, maps, address=self.address) as check:
            while not self.closed.wait(TICK_SECONDS):
                check()
                if not is_told and time.monotonic() >= self._loaded and is_ready(self.address, planned):
                    is_told = tell_ready(self._client, self.pod)


def _name(pod: Json) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
