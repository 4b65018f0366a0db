"""What a backend decides about the models that it runs."""

from collections.abc import Iterator
from typing import ClassVar

from slipway.checks import Finding
from slipway.triton_repository.model import File, Model
from slipway.triton_repository.pod import Pod, instances_on_gpus
from slipway.triton_repository.schema.model_config import ModelConfig

PYTHON_RUNTIME = "model.py"
"""The `runtime` of a backend that is written in Python."""


class Backend:
    """A backend of which nothing is known but its name: every check that depends on the backend passes.

    Attributes:
        model_file: what it loads from a version directory if the configuration names no file; empty if not known.
        runtimes: values of `runtime` that it has; None if not known.
        batches_itself: whether it merges requests better than Triton's own batcher, which must then be off.
        needs_gpu: whether it runs on GPUs only.
    """

    model_file: ClassVar[str] = ""
    runtimes: ClassVar[frozenset[str] | None] = None
    batches_itself: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False

    def __init__(self, name: str) -> None:
        self.name = name

    def loaded_file(self, model: Model) -> str:
        """Return what it loads from a version directory; empty if that is not known."""
        return self.model_file and (model.config.default_model_filename or self.model_file)

    def needs_tensors(self, model: Model) -> bool:
        """Return whether it loads no model that has no inputs or no outputs."""
        return False

    def completes(self, model: Model) -> bool:
        """Return whether inputs and outputs that the configuration leaves out are taken from the model's files."""
        return True

    def completed(self, model: Model) -> ModelConfig:
        """Return the configuration with what the backend always fills in."""
        return model.config

    def gpu_memory(self, model: Model, pod: Pod) -> Iterator[tuple[int, float]]:
        """Yield the index of a GPU and memory that the model takes there, GiB, as far as it is known."""
        if model.instance_memory_gib is not None:
            for gpu, instances in instances_on_gpus(model.config, pod):
                yield gpu, instances * model.instance_memory_gib

    def free_memory_share(self, model: Model, pod: Pod) -> Iterator[tuple[int, float]]:
        """Yield the index of a GPU and the share that the engine takes there of what is free once it is loaded."""
        return iter(())

    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        """Yield what is wrong with a model for this backend in particular; `place` names the model."""
        return iter(())


def text_file(model: Model, version: int, path: str) -> str | None:
    """Return the contents of a file of a version, if the repository holds them and they are text."""
    file: File | None = model.versions.get(version, {}).get(path)
    return file if isinstance(file, str) else None
