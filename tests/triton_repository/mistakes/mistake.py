"""How a mistake is written down: a repository, what the checks say of it, and what the server says."""

from dataclasses import dataclass
from typing import Any

from slipway.triton_repository import Model, ModelInput, ModelInstanceGroup, ModelOutput
from tests.triton_repository.repositories import model


@dataclass(frozen=True)
class Mistake:
    """One mistake in the last model of a repository.

    Attributes:
        field: where the finding points, below the model.
        message: what it says.
        answer: what the server says.
        may_end_server: whether the server, at times, dies of it instead.
    """

    models: tuple[Model, ...]
    field: str
    message: str
    answer: str
    may_end_server: bool = False

    @property
    def name(self) -> str:
        return self.models[-1].name


def x(**fields: Any) -> tuple[ModelInput, ...]:
    return (ModelInput.model_validate({"name": "x", "data_type": "TYPE_FP32", "dims": (2,)} | fields),)


def y(**fields: Any) -> tuple[ModelOutput, ...]:
    return (ModelOutput.model_validate({"name": "y", "data_type": "TYPE_FP32", "dims": (2,)} | fields),)


def cpu(**fields: Any) -> tuple[ModelInstanceGroup, ...]:
    return (ModelInstanceGroup.model_validate({"kind": "KIND_CPU", "count": 1} | fields),)


def one(
    name: str, field: str, message: str, answer: str, *, files: Any = None, may_end_server: bool = False, **fields: Any
) -> Mistake:
    return Mistake((model(name, files=files, **fields),), field, message, answer, may_end_server)
