"""A tritonserver of a test's own: started on free ports, and gone with all that it started when the test ends."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Generator, Iterable
from pathlib import Path

import httpx2

from rehearsal.triton.server import Ports, command, remove_leftovers
from rehearsal.triton.wheel import find, lay_out_backends
from tests.triton_repository.tritonserver import TritonServer

START_SECONDS = 20
STOP_SECONDS = 2


def prepare_backends(folder: Path, beside: Iterable[Path] = ()) -> Path:
    """Return the server's backends, in `folder`; models can import the files `beside`."""
    return lay_out_backends(find(), folder, beside)


def stand_in_backends(folder: Path, names: Iterable[str], code: str) -> Path:
    """Return backends in `folder`: the server's own, and `names`, written in Python, each of which is `code`.

    What the server itself decides about a model of such a backend is real; what the backend decides is not.
    """
    prepare_backends(folder)
    for name in names:
        (folder / name).mkdir()
        (folder / name / "model.py").write_text(code, encoding="utf-8")
    return folder


def _free_ports() -> Ports:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(3)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return Ports(*(each.getsockname()[1] for each in sockets))


@contextlib.contextmanager
def start(
    backends: Path, folder: Path, *options: str, repository: Path | None = None
) -> Generator[tuple[TritonServer, subprocess.Popen[bytes]]]:
    """Start a server and stop it, whatever happens, with all processes that it started."""
    wheel, ports = find(), _free_ports()
    repository = repository or folder / "repository"
    repository.mkdir(exist_ok=True)
    region = f"slipway_test_{os.getpid()}_{ports.http}"
    started = command(
        wheel,
        backends=backends,
        repository=repository,
        address="127.0.0.1",
        ports=ports,
        region=region,
        options=["--model-control-mode=explicit", "--exit-timeout-secs=1", *options],
    )
    log = folder / "tritonserver.log"
    environment = {**os.environ, **wheel.environment}
    with log.open("wb") as out:
        child = subprocess.Popen(started, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd=folder)
    server = TritonServer(repository, ports, log)
    try:
        _wait_until_live(server, child)
        yield server, child
    finally:
        server.close()
        _stop(child, region)


def _wait_until_live(server: TritonServer, child: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers or has ended by itself."""
    until = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < until:
        with contextlib.suppress(httpx2.TransportError):
            if server.get("/v2/health/live").ok:
                return
        time.sleep(0.05)


def _stop(child: subprocess.Popen[bytes], region: str) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    remove_leftovers(region)
