"""The configuration of one model: the message that config.pbtxt holds."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, cast

from pydantic import BeforeValidator, Field, PlainSerializer

from slipway.triton_repository.schema.instances import ModelInstanceGroup
from slipway.triton_repository.schema.message import Int32, Message, Wrapped
from slipway.triton_repository.schema.optimization import ModelOptimizationPolicy
from slipway.triton_repository.schema.policies import (
    ModelMetrics,
    ModelOperations,
    ModelRepositoryAgents,
    ModelResponseCache,
    ModelTransactionPolicy,
    ModelVersionPolicy,
    ModelWarmup,
)
from slipway.triton_repository.schema.scheduling import ModelDynamicBatching, ModelEnsembling
from slipway.triton_repository.schema.sequences import ModelSequenceBatching
from slipway.triton_repository.schema.tensors import BatchInput, BatchOutput, ModelInput, ModelOutput


class ModelParameter(Message):
    """A setting as config.pbtxt has it."""

    string_value: str = ""
    """Its value."""


def _unwrap(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    given = cast(Mapping[str, Any], value)
    return {
        key: ModelParameter.model_validate(item).string_value if isinstance(item, Mapping) else item
        for key, item in given.items()
    }


def _wrap(value: dict[str, str]) -> dict[str, dict[str, str]]:
    return {key: {"string_value": item} for key, item in value.items()}


Parameters = Annotated[dict[str, str], Wrapped(ModelParameter), BeforeValidator(_unwrap), PlainSerializer(_wrap)]
"""Settings of the backend or of the model's own code, by name; each is a string, whatever it means."""


class ModelConfig(Message):
    """How Triton serves one model."""

    one_of: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "scheduling_choice": ("dynamic_batching", "sequence_batching", "ensemble_scheduling")
    }

    name: str = ""
    """Its name, which is also that of its directory."""
    platform: str = ""
    """`ensemble`, or an old way to say the backend: `onnxruntime_onnx`, `tensorrt_plan`."""
    backend: str = ""
    """The backend that runs it."""
    runtime: str = ""
    """The backend's library or environment, where it has several."""
    version_policy: ModelVersionPolicy | None = None
    """Which of the version directories are served."""
    max_batch_size: Int32 = 0
    """Most requests in a batch. 0: the model takes no batches, and `dims` are whole shapes."""
    input: tuple[ModelInput, ...] = ()
    """Tensors that a request brings."""
    output: tuple[ModelOutput, ...] = ()
    """Tensors that a response brings."""
    batch_input: tuple[BatchInput, ...] = ()
    """Tensors that Triton makes out of a ragged batch."""
    batch_output: tuple[BatchOutput, ...] = ()
    """Outputs that Triton cuts up for the requests of a ragged batch."""
    optimization: ModelOptimizationPolicy | None = None
    """What the backend may do to make it faster."""
    dynamic_batching: ModelDynamicBatching | None = None
    """Requests are merged into batches as they arrive."""
    sequence_batching: ModelSequenceBatching | None = None
    """Requests that belong together go to the same instance."""
    ensemble_scheduling: ModelEnsembling | None = None
    """The model is made of other models."""
    instance_group: tuple[ModelInstanceGroup, ...] = ()
    """Where it runs, and how often."""
    default_model_filename: str = ""
    """The file of a version directory that the backend loads; the backend's own name where none is given."""
    cc_model_filenames: dict[str, str] = Field(default_factory=dict)
    """The file for each CUDA compute capability (TensorRT)."""
    metric_tags: dict[str, str] = Field(default_factory=dict)
    """Labels of the model's metrics; the key `team` becomes the label `_team`."""
    parameters: Parameters = Field(default_factory=dict)
    """Settings of the backend or of the model's own code."""
    model_warmup: tuple[ModelWarmup, ...] = ()
    """Requests that each instance answers before the model is ready."""
    model_operations: ModelOperations | None = None
    """Custom operations."""
    model_transaction_policy: ModelTransactionPolicy | None = None
    """How many responses a request has."""
    model_repository_agents: ModelRepositoryAgents | None = None
    """Agents that act on its files before it is loaded."""
    response_cache: ModelResponseCache | None = None
    """Whether responses are kept and repeated."""
    model_metrics: ModelMetrics | None = None
    """Changes to its metrics."""
