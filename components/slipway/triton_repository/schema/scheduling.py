"""How requests are queued, batched and passed from model to model."""

from typing import Literal

from pydantic import Field

from slipway.triton_repository.schema.message import Int32, Int64, Message, Uint32, Uint64


class ModelQueuePolicy(Message):
    """How long, and how many, requests may wait."""

    timeout_action: Literal["REJECT", "DELAY"] = "REJECT"
    """What becomes of a request that has waited too long."""
    default_timeout_microseconds: Uint64 = 0
    """How long a request may wait; 0 is for ever."""
    allow_timeout_override: bool = False
    """Whether a request may shorten its own time."""
    max_queue_size: Uint32 = 0
    """How many may wait; 0 is no limit. One more is answered 503, and no failure counter shows it."""


class ModelDynamicBatching(Message):
    """Requests are merged into batches as they arrive."""

    preferred_batch_size: tuple[Int32, ...] = ()
    """Sizes at which a batch leaves at once; max_batch_size where none is given."""
    max_queue_delay_microseconds: Uint64 = 0
    """How long a request waits for others to make up a preferred size."""
    preserve_ordering: bool = False
    """Whether responses leave in the order of their requests."""
    priority_levels: Uint64 = 0
    """How many priorities requests may name, 1 being the highest; 0 is none."""
    default_priority_level: Uint64 = 0
    """The priority of a request that names none."""
    default_queue_policy: ModelQueuePolicy | None = None
    """The policy of the queue, or of each priority that has none of its own."""
    priority_queue_policy: dict[Uint64, ModelQueuePolicy] = Field(default_factory=dict[int, ModelQueuePolicy])
    """The policy of each priority."""


class Step(Message):
    """One model of an ensemble."""

    model_name: str = ""
    """The composing model."""
    model_version: Int64 = -1
    """Its version; -1 is the latest. A configuration that leaves it out asks for version 0."""
    input_map: dict[str, str] = Field(default_factory=dict)
    """The ensemble's tensor for each input of the model: the key is the model's name, the value the ensemble's."""
    output_map: dict[str, str] = Field(default_factory=dict)
    """The ensemble's tensor for each output of the model that is used."""
    model_namespace: str = ""
    """The repository's namespace of the model."""


class ModelEnsembling(Message):
    """Models that feed one another; a step runs as soon as its inputs are there."""

    step: tuple[Step, ...] = ()
    """The models; their order has no meaning."""
    max_inflight_requests: Uint32 = 0
    """How many requests may be between two steps; 0 is no limit. Triton 2.63 (25.11) and later."""
