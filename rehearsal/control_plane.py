"""A real Kubernetes control plane on this machine: etcd, API server, controllers and scheduler, and kwok for the nodes.

All of it listens on one loopback address that no other rehearsal uses. There is no kubelet, no container and no
kube-proxy: kwok says of each node and pod what a kubelet would (`stages.yaml`), and a Service's own address leads
nowhere.
"""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from rehearsal import build, credentials, flags, pins, slots
from rehearsal.client import ApiError, Client
from rehearsal.credentials import Credentials
from rehearsal.flags import Wiring
from rehearsal.processes import Processes
from rehearsal.slots import Slot

LOAD_SECONDS = "rehearsal.slipway/load-seconds"
"""Annotation of a pod: seconds from its start until what runs in it has loaded; at once without it.

The pod is Ready then, or complete when a Job owns it."""
PROBED = "rehearsal.slipway/probed"
"""Annotation of a pod that is Ready when somebody who asks what runs in it says so to the API server, not before it has
loaded."""

START_SECONDS = 60
POLL_SECONDS = 0.05


class StartError(Exception):
    """The control plane did not become ready in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPlane:
    """A control plane that runs.

    Attributes:
        url: the API server's.
        client: the administrator's connection to it.
        kubeconfig: the same for programs.
        credentials: its certificates and keys.
        slot: its networks and its folder.
        processes: its processes; what else a rehearsal starts belongs there too.
        binaries: the path of each binary by its name.
    """

    url: str
    client: Client
    kubeconfig: Path
    credentials: Credentials
    slot: Slot
    processes: Processes
    binaries: Mapping[str, Path]


@contextmanager
def control_plane(*, speed: float = 1.0, binaries: Mapping[str, Path] | None = None) -> Generator[ControlPlane]:
    """Run a control plane until the block ends, however it ends; it takes some seconds to be ready.

    Args:
        speed: divides the periods of the HPA controller.
        binaries: what `build.ensure` returned; by default it is called here, and builds what is missing.

    Raises:
        StartError: a part was not ready within a minute; the message has what each said last.
        ProcessError: a part ended; the message has the end of its log.
    """
    found = build.ensure(pins.CONTROL_PLANE) if binaries is None else binaries
    with slots.take() as slot:
        secrets = credentials.make(slot.folder / "credentials", slot.address)
        wiring = Wiring(
            address=slot.address,
            ports={part: slot.free_port() for part in flags.SERVING},
            folder=slot.folder,
            credentials=secrets,
            kubeconfig=slot.folder / "kubeconfig",
            pod_network=slot.pod_network,
            speed=speed,
        )
        url = wiring.url("kube-apiserver")
        credentials.write_kubeconfig(wiring.kubeconfig, url, secrets)
        processes = Processes(slot.folder)
        with Client(url, secrets.token, secrets.authority) as client:
            try:
                _start(wiring, processes, client, found)
                yield ControlPlane(
                    url=url,
                    client=client,
                    kubeconfig=wiring.kubeconfig,
                    credentials=secrets,
                    slot=slot,
                    processes=processes,
                    binaries=found,
                )
            except httpx2.TransportError:
                processes.check()  # Who asks in vain learns which part has ended.
                raise
            finally:
                processes.stop()


def _start(wiring: Wiring, processes: Processes, client: Client, binaries: Mapping[str, Path]) -> None:
    def run(part: str, arguments: list[str]) -> None:
        processes.start(part, [binaries[part], *arguments])

    def wait(part: str, path: str) -> None:
        wait_until(lambda: _answers(client, wiring.url(part) + path), f"{part} answers at {path}", processes)

    run("etcd", flags.etcd(wiring))
    run("kube-apiserver", flags.kube_apiserver(wiring))
    wait("kube-apiserver", "/readyz")
    run("kube-controller-manager", flags.kube_controller_manager(wiring))
    run("kube-scheduler", flags.kube_scheduler(wiring))
    run("kwok", flags.kwok(wiring))
    wait("kube-controller-manager", "/healthz")
    wait("kube-scheduler", "/healthz")
    # Until its controller has made it, the API server refuses pods in the namespace.
    wait("kube-apiserver", "/api/v1/namespaces/default/serviceaccounts/default")


def wait_until(done: Callable[[], object], what: str, processes: Processes, *, seconds: float = START_SECONDS) -> None:
    """Ask until `done` is true.

    Raises:
        StartError: it was not within `seconds`.
        ProcessError: one of `processes` ended meanwhile.
    """
    deadline = time.monotonic() + seconds
    while not done():
        processes.check()
        if time.monotonic() > deadline:
            said = "".join(f"\n{name}: {line}" for name, line in processes.last_lines().items())
            raise StartError(f"waited {seconds:.0f} s in vain until {what}; what each part said last:{said}")
        time.sleep(POLL_SECONDS)


def _answers(client: Client, url: str) -> bool:
    try:
        client.request("GET", url)
    except (ApiError, httpx2.TransportError):
        return False
    return True
