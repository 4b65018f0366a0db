"""What a pod says of the Triton that runs in it, as far as a server on this machine needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.architecture import Model
from catalog.engines import TRITON
from catalog.models import model
from rehearsal.client import Json
from rehearsal.engine.hardware import chip, gpus
from rehearsal.nodes import Pool
from rehearsal.triton import pace
from rehearsal.triton.repository import FLAG, configurations, instances, server_container

NOT_TAKEN = (FLAG, "--exit-timeout-secs=")
"""Options of a pod's server that are others here: where its models are, and how long it may take to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A Triton server as a pod describes it.

    Attributes:
        gpus: those of the pod.
        step_seconds: time of a step on them by the rows of a batch, from one on; empty if the pod has no weights.
        options: what its command line has beside the repository and the time to stop.
        health_path: what its readiness probe asks.
    """

    gpus: int
    step_seconds: Sequence[float]
    options: Sequence[str]
    health_path: str


def plan(pod: Json, pools: Sequence[Pool], config_maps: Mapping[str, Json]) -> Plan:
    """Return what a pod's `spec` runs that starts a tritonserver.

    Args:
        pod: the `spec`.
        pools: the nodes of the stack.
        config_maps: those of the pod's namespace, by name.

    Raises:
        ConfigTextError: a configuration is none.
        UnknownModelError: the catalog has no such model.
        UnknownChipError: nothing says what the pod computes on.
    """
    container = server_container(pod)
    assert container is not None
    weights = _weights(pod)
    return Plan(
        gpus=gpus(pod),
        step_seconds=_step_seconds(pod, pools, config_maps, weights) if weights else (),
        options=[word for word in container["command"][1:] if not word.startswith(NOT_TAKEN)],
        health_path=container.get("readinessProbe", {}).get("httpGet", {}).get("path", TRITON.health_path),
    )


def _step_seconds(pod: Json, pools: Sequence[Pool], config_maps: Mapping[str, Json], weights: Model) -> Sequence[float]:
    """Return the time of a step of the model whose instances together take the most rows."""
    given = max(gpus(pod), 1)
    copies, rows = max(
        ((instances(config, given), max(config.max_batch_size, 1)) for config in configurations(pod, config_maps)),
        key=lambda each: each[0] * each[1],
    )
    return pace.step_seconds(weights, chip(pod, pools), instances=-(-copies // given), largest_batch=rows)


def _weights(pod: Json) -> Model | None:
    """Return the model that an init container downloads."""
    words = (word for container in pod.get("initContainers", ()) for word in container.get("command", ()))
    return next((model(word.removeprefix("--model=")) for word in words if word.startswith("--model=")), None)
