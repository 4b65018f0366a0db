"""This machine as the host of Triton servers: one process for each pod, at the pod's own address and ports."""

import json
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx2

from rehearsal.client import Json
from rehearsal.processes import Processes
from rehearsal.triton import wheel
from rehearsal.triton.plan import Plan
from rehearsal.triton.repository import assemble, put_on_processors
from rehearsal.triton.server import Ports, command, remove_leftovers
from slipway.catalog.engines import TRITON
from slipway.catalog.engines.triton.host import GRPC_PORT, HTTP_PORT

STAND_IN = Path(__file__).parent / "stand_in"
PORTS = Ports(HTTP_PORT, GRPC_PORT, TRITON.port)
PROBE_SECONDS = 1
"""How long a probe may take: Kubernetes' default."""


class Host:
    """Serves the model repositories of pods, each until its block ends.

    Args:
        folder: an empty one, for the backend and the pods' files.
        processes: where the servers run; each has a log there.
        region: what names of shared memory begin with.
        speed: divides the time of a batch.

    Raises:
        MissingWheelError: there is no tritonserver.
    """

    def __init__(self, folder: Path, processes: Processes, *, region: str, speed: float) -> None:
        self._wheel = wheel.find()
        self._folder, self._processes, self._region, self._speed = folder, processes, region, speed
        self._backends = wheel.lay_out_backends(self._wheel, folder / "backends", sorted(STAND_IN.glob("*.py")))

    @contextmanager
    def serve(
        self, name: str, pod: Json, plan: Plan, config_maps: Mapping[str, Json], *, address: str
    ) -> Generator[Callable[[], None]]:
        """Serve a pod's repository at its address, and give what raises `ProcessError` once the server has ended.

        The server takes a while to be ready.

        Args:
            name: of the pod, for its process and its log.
            pod: the `spec`.
            plan: what was read from it.
            config_maps: those of the pod's namespace, by name.
            address: the pod's.

        Raises:
            AssemblyError: the repository cannot be put together.
        """
        root, region = self._folder / name, f"{self._region}{name}_"
        try:
            repository = assemble(pod, config_maps, root)
            put_on_processors(repository, plan.gpus)
            self._processes.start(
                name,
                command(
                    self._wheel,
                    backends=self._backends,
                    repository=repository,
                    address=address,
                    ports=PORTS,
                    region=region,
                    options=(*plan.options, "--exit-timeout-secs=1"),
                ),
                environment={**self._wheel.environment, **self._pace(plan)},
            )
            yield partial(self._processes.check, name)
        finally:
            self._processes.stop(name)
            remove_leftovers(region)
            shutil.rmtree(root, ignore_errors=True)

    def _pace(self, plan: Plan) -> Mapping[str, str]:
        return {"SLIPWAY_STEP_SECONDS": json.dumps([each / self._speed for each in plan.step_seconds])}


def is_ready(address: str, plan: Plan) -> bool:
    """Ask a server as the readiness probe of its pod does."""
    try:
        url = f"http://{address}:{PORTS.http}{plan.health_path}"
        return httpx2.get(url, timeout=PROBE_SECONDS, trust_env=False).is_success
    except httpx2.TransportError:
        return False
