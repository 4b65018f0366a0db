"""What the pod of a server offers its models."""

from collections.abc import Iterator
from dataclasses import dataclass

from slipway.triton_repository.schema.instances import ModelInstanceGroup
from slipway.triton_repository.schema.model_config import ModelConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod that runs a Triton server.

    Attributes:
        gpus: how many GPUs it has.
        gpu_memory_gib: memory of each of them, GiB.
        release: the server's release, such as `26.07`.
        backends: the backends that the image brings; None if that is not known.
    """

    gpus: int
    gpu_memory_gib: float
    release: str
    backends: frozenset[str] | None = None


def instance_groups(config: ModelConfig) -> tuple[ModelInstanceGroup, ...]:
    """Return the groups of a model; one of kind KIND_AUTO where it names none."""
    return config.instance_group or (ModelInstanceGroup(),)


def gpus_of(group: ModelInstanceGroup, pod: Pod) -> tuple[int, ...]:
    """Return the GPUs, by index, each of which gets all instances of `group`."""
    if pod.gpus == 0 or group.kind not in {"KIND_GPU", "KIND_AUTO"}:
        return ()
    return group.gpus or tuple(range(pod.gpus))


def instances_on_gpus(config: ModelConfig, pod: Pod) -> Iterator[tuple[int, int]]:
    """Yield, for each group and each of its GPUs, the GPU's index and the instances there."""
    for group in instance_groups(config):
        for gpu in gpus_of(group, pod):
            yield gpu, max(group.count, 1)
