"""What a pod says of the Triton that runs in it, as far as a server on this machine needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.client import Json
from rehearsal.engine.engine import Surroundings
from rehearsal.triton import pace
from rehearsal.triton.repository import FLAG, configurations, instances, server_container
from slipway.catalog.engines import TRITON

NOT_TAKEN = (FLAG, "--exit-timeout-secs=")
"""Options of a pod's server that are others here: where its models are, and how long it may take to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A Triton server as a pod describes it.

    Attributes:
        gpus: those of the pod.
        step_seconds: time of a step on them by the rows of a batch, from one on.
        options: what its command line has beside the repository and the time to stop.
        health_path: what its readiness probe asks.
    """

    gpus: int
    step_seconds: Sequence[float]
    options: Sequence[str]
    health_path: str


def plan(pod: Json, around: Surroundings, config_maps: Mapping[str, Json]) -> Plan:
    """Return what a pod's `spec` runs that starts a tritonserver with one Python model.

    Args:
        pod: the `spec`.
        around: what was judged of it.
        config_maps: those of the pod's namespace, by name.

    Raises:
        ConfigTextError: its configuration is none.
    """
    container = server_container(pod)
    assert container is not None
    [config] = configurations(pod, config_maps)
    given = around.replica.chips
    return Plan(
        gpus=given,
        step_seconds=pace.step_seconds(
            around.replica.model,
            around.chip,
            instances=-(-instances(config, given) // max(given, 1)),
            largest_batch=max(config.max_batch_size, 1),
        ),
        options=[word for word in container["command"][1:] if not word.startswith(NOT_TAKEN)],
        health_path=container.get("readinessProbe", {}).get("httpGet", {}).get("path", TRITON.health_path),
    )
