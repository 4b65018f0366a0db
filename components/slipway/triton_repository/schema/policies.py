"""Versions, warm-up, metrics and what else a model may ask of the server."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from slipway.triton_repository.schema.message import Double, Int64, Message, Uint32
from slipway.triton_repository.schema.tensors import DataType, Dims


class Latest(Message):
    """The newest versions."""

    num_versions: Uint32 = 0
    """How many; 0 loads none."""


class All(Message):
    """Every version."""


class Specific(Message):
    """These versions."""

    versions: tuple[Int64, ...] = ()
    """Their numbers."""


class ModelVersionPolicy(Message):
    """Which of the version directories are served; the newest one where nothing is said."""

    one_of: ClassVar[Mapping[str, tuple[str, ...]]] = {"policy_choice": ("latest", "all", "specific")}

    latest: Latest | None = None
    """The newest versions."""
    all: All | None = None
    """Every version."""
    specific: Specific | None = None
    """These versions."""


class WarmupInput(Message):
    """What one input of a warm-up request carries."""

    one_of: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "input_data_type": ("zero_data", "random_data", "input_data_file")
    }

    data_type: DataType = "TYPE_INVALID"
    """The type of the input."""
    dims: Dims = ()
    """The shape of the request's tensor, without the batch and without variable dimensions."""
    zero_data: bool | None = None
    """Zeros."""
    random_data: bool | None = None
    """Random values."""
    input_data_file: str | None = None
    """A file in the folder `warmup` beside config.pbtxt: the tensor's bytes."""


class ModelWarmup(Message):
    """Requests that each instance answers before the model is ready."""

    name: str = ""
    """Its name."""
    batch_size: Uint32 = 0
    """Requests in the batch; 0 skips it."""
    inputs: dict[str, WarmupInput] = Field(default_factory=dict)
    """What each input carries."""
    count: Uint32 = 0
    """How often; 0 is once."""


class ModelOperations(Message):
    """Custom operations."""

    op_library_filename: tuple[str, ...] = ()
    """Shared libraries that hold them."""


class ModelTransactionPolicy(Message):
    """How many responses a request has."""

    decoupled: bool = False
    """Whether it is any number, at any time, rather than exactly one."""


class Agent(Message):
    """A repository agent of the server."""

    name: str = ""
    """Its name."""
    parameters: dict[str, str] = Field(default_factory=dict)
    """Its own settings."""


class ModelRepositoryAgents(Message):
    """Agents that act on the model's files before it is loaded."""

    agents: tuple[Agent, ...] = ()
    """The agents, in order."""


class ModelResponseCache(Message):
    """Responses are kept and repeated; it counts only if the server runs with `--cache-config`."""

    enable: bool = False
    """Whether the model's are."""


class MetricIdentifier(Message):
    """Which metric."""

    family: str = ""
    """Its name."""


class HistogramOptions(Message):
    """The shape of a histogram."""

    buckets: tuple[Double, ...] = ()
    """Upper bounds."""


class MetricControl(Message):
    """A change to one metric of this model."""

    one_of: ClassVar[Mapping[str, tuple[str, ...]]] = {"metric_options": ("histogram_options",)}

    metric_identifier: MetricIdentifier | None = None
    """Which metric."""
    histogram_options: HistogramOptions | None = None
    """Its buckets."""


class ModelMetrics(Message):
    """Changes to the model's metrics. Triton 2.52 (24.11) and later; older servers refuse the whole configuration."""

    metric_control: tuple[MetricControl, ...] = ()
    """The changes."""
