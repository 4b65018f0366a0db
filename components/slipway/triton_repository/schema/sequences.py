"""Requests that belong together and need the same instance: sequence batching."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from slipway.triton_repository.schema.message import Int32, Message, Single, Uint64
from slipway.triton_repository.schema.tensors import DataType, Dims


class Control(Message):
    """What a control tensor tells the model."""

    kind: Literal[
        "CONTROL_SEQUENCE_START",
        "CONTROL_SEQUENCE_READY",
        "CONTROL_SEQUENCE_END",
        "CONTROL_SEQUENCE_CORRID",
    ] = "CONTROL_SEQUENCE_START"
    """The event, or the sequence's identity."""
    int32_false_true: tuple[Int32, ...] = ()
    """The two values of a tensor of type TYPE_INT32."""
    fp32_false_true: tuple[Single, ...] = ()
    """The two values of a tensor of type TYPE_FP32."""
    bool_false_true: tuple[bool, ...] = ()
    """The two values of a tensor of type TYPE_BOOL."""
    data_type: DataType = "TYPE_INVALID"
    """The type of the sequence's identity."""


class ControlInput(Message):
    """An input that Triton fills."""

    name: str = ""
    """Name of the input."""
    control: tuple[Control, ...] = ()
    """What it tells."""


class InitialState(Message):
    """The state of a sequence that has just begun."""

    one_of: ClassVar[Mapping[str, tuple[str, ...]]] = {"state_data": ("zero_data", "data_file")}

    data_type: DataType = "TYPE_INVALID"
    """The type of its elements, that of the state."""
    dims: Dims = ()
    """Its shape, without variable dimensions."""
    zero_data: bool | None = None
    """Whether it is all zeros."""
    data_file: str | None = None
    """A file in the folder `initial_state` beside config.pbtxt."""
    name: str = ""
    """Its name."""


class State(Message):
    """A tensor that Triton keeps between the requests of a sequence."""

    input_name: str = ""
    """The input that receives it."""
    output_name: str = ""
    """The output that changes it."""
    data_type: DataType = "TYPE_INVALID"
    """The type of its elements."""
    dims: Dims = ()
    """Its shape."""
    initial_state: tuple[InitialState, ...] = ()
    """Its value at the start, at most one."""
    use_same_buffer_for_input_output: bool = False
    """Whether the model changes it in place."""
    use_growable_memory: bool = False
    """Whether it lives in memory that grows without copying."""


class StrategyDirect(Message):
    """Each sequence has a slot of a batch of its own."""

    max_queue_delay_microseconds: Uint64 = 0
    """How long a batch waits for the slots to fill."""
    minimum_slot_utilization: Single = 0.0
    """Share of filled slots, 0 to 1, that ends the wait."""


class StrategyOldest(Message):
    """Sequences share a dynamic batcher; the oldest goes first."""

    max_candidate_sequences: Int32 = 0
    """How many sequences one instance holds."""
    preferred_batch_size: tuple[Int32, ...] = ()
    """Sizes at which a batch leaves at once."""
    max_queue_delay_microseconds: Uint64 = 0
    """How long a request waits for others."""
    preserve_ordering: bool = False
    """Whether responses leave in the order of their requests."""


class ModelSequenceBatching(Message):
    """All requests of a sequence go to the same instance."""

    one_of: ClassVar[Mapping[str, tuple[str, ...]]] = {"strategy_choice": ("direct", "oldest")}

    direct: StrategyDirect | None = None
    """A slot for each sequence."""
    oldest: StrategyOldest | None = None
    """The oldest sequence first."""
    max_sequence_idle_microseconds: Uint64 = 0
    """How long a sequence may be silent before its place is given away; 0 is a second."""
    control_input: tuple[ControlInput, ...] = ()
    """Inputs that Triton fills."""
    state: tuple[State, ...] = ()
    """Tensors that Triton keeps."""
    iterative_sequence: bool = False
    """Whether a request comes back until the model says that it is done."""
