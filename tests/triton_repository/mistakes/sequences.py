"""Sequence batching."""

from typing import Any

from slipway.triton_repository.schema.sequences import (
    Control,
    ControlInput,
    InitialState,
    ModelSequenceBatching,
    State,
    StrategyDirect,
    StrategyOldest,
)
from tests.triton_repository.mistakes.mistake import one


def controls(*inputs: ControlInput) -> ModelSequenceBatching:
    return ModelSequenceBatching(direct=StrategyDirect(), control_input=inputs)


def start(name: str = "START", **fields: Any) -> ControlInput:
    return ControlInput(name=name, control=(Control.model_validate({"int32_false_true": (0, 1)} | fields),))


def state(**fields: Any) -> ModelSequenceBatching:
    initial = {"name": "zeros", "data_type": "TYPE_INT32", "dims": (2,), "zero_data": True} | fields
    kept = State(
        input_name="S",
        output_name="S_NEW",
        data_type="TYPE_INT32",
        dims=(2,),
        initial_state=(InitialState.model_validate(initial),),
    )
    return ModelSequenceBatching(direct=StrategyDirect(), state=(kept,))


SEQUENCES = [
    one(
        name,
        f"sequence_batching.{field}",
        message,
        answer,
        sequence_batching=given,
        may_end_server=name.startswith("state_"),
    )
    for name, field, message, answer, given in (
        (
            "oldest",
            "oldest.preferred_batch_size[0]",
            "16 is above max_batch_size 8",
            "sequence batching preferred batch size must be <= max",
            ModelSequenceBatching(oldest=StrategyOldest(preferred_batch_size=(16,))),
        ),
        (
            "slots",
            "direct.minimum_slot_utilization",
            "1.5 is no share",
            "minimum slot utilization must be in range",
            ModelSequenceBatching(direct=StrategyDirect(minimum_slot_utilization=1.5)),
        ),
        ("nameless", "control_input[0].name", "it has none", "control tensor must have a name", controls(start(""))),
        (
            "same_input",
            "control_input",
            "'A' stands 2 times",
            "control tensor 'A' is specified for multiple control kinds",
            controls(start("A"), start("A", kind="CONTROL_SEQUENCE_END")),
        ),
        (
            "same_kind",
            "control_input",
            "CONTROL_SEQUENCE_START goes to 2 tensors",
            "specifies multiple CONTROL_SEQUENCE_START tensors",
            controls(start("A"), start("B")),
        ),
        (
            "one_value",
            "control_input.CONTROL_SEQUENCE_START.int32_false_true",
            "it has 1 values",
            "'int32_false_true' must have exactly 2 entries",
            controls(start(int32_false_true=(1,))),
        ),
        (
            "two_pairs",
            "control_input.CONTROL_SEQUENCE_START",
            "2 of int32_false_true",
            "specifies more than one from",
            controls(start(fp32_false_true=(0, 1))),
        ),
        (
            "identity_type",
            "control_input.CONTROL_SEQUENCE_CORRID.data_type",
            "TYPE_FP32 is no type of an identity",
            "unexpected data type for control CONTROL_SEQUENCE_CORRID",
            controls(start(kind="CONTROL_SEQUENCE_CORRID", int32_false_true=(), data_type="TYPE_FP32")),
        ),
        (
            "identity_values",
            "control_input.CONTROL_SEQUENCE_CORRID.int32_false_true",
            "an identity has no two values",
            "must not specify either 'int32_false_true'",
            controls(start(kind="CONTROL_SEQUENCE_CORRID", data_type="TYPE_INT32")),
        ),
        ("state_name", "state[0].initial_state.name", "it has none", "Field 'name' must be set", state(name="")),
        ("state_open", "state[0].initial_state.dims", "leaves a size open", "variable dimensions", state(dims=(-1,))),
        ("state_dims", "state[0].initial_state.dims", "does not fit", "doesn't match 'state' dim", state(dims=(3,))),
        (
            "state_type",
            "state[0].initial_state.data_type",
            "TYPE_FP32, but the state is TYPE_INT32",
            "does not match the state data type",
            state(data_type="TYPE_FP32"),
        ),
        ("state_data", "state[0].initial_state", "it has no data", "to have state_data set", state(zero_data=None)),
        (
            "state_file",
            "state[0].initial_state.data_file",
            "initial_state/d is not beside",
            "initial_state/d: No such file",
            state(zero_data=None, data_file="d"),
        ),
    )
]
