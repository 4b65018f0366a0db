"""A tritonserver's command line on a loopback address, and what to remove when it has ended.

Whoever starts it names its shared memory: by that name what it leaves is found. The processes that run Python models
have it in their command lines, and a server that is killed leaves both.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from rehearsal.triton.wheel import Wheel

SHARED_MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a server listens: HTTP, gRPC and its metrics page."""

    http: int
    grpc: int
    metrics: int


def command(
    wheel: Wheel,
    *,
    backends: Path,
    repository: Path,
    address: str,
    ports: Ports,
    region: str,
    options: Iterable[str] = (),
) -> list[str]:
    """Return what starts a server.

    Args:
        wheel: the server.
        backends: the folder that `lay_out_backends` has filled.
        repository: its models.
        address: where it listens.
        ports: of that address.
        region: what names of its shared memory begin with; nobody else's may.
        options: further ones.
    """
    return [
        str(wheel.server / "bin" / "tritonserver"),
        f"--model-repository={repository}",
        f"--backend-directory={backends}",
        f"--backend-config=python,shm-region-prefix-name={region}",
        f"--http-address={address}",
        f"--grpc-address={address}",
        f"--metrics-address={address}",
        f"--http-port={ports.http}",
        f"--grpc-port={ports.grpc}",
        f"--metrics-port={ports.metrics}",
        *options,
    ]


def remove_leftovers(region: str) -> None:
    """End the processes of models, and remove the shared memory, of servers whose names for it begin with `region`."""
    for process in psutil.process_iter(["cmdline"]):
        arguments: list[str] = process.info["cmdline"] or []
        if any(argument.startswith(region) for argument in arguments):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    for left in SHARED_MEMORY.glob(f"{region}*"):
        left.unlink(missing_ok=True)
