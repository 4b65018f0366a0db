"""Sequence batching: control tensors and states."""

from collections import Counter
from collections.abc import Iterator

from slipway.checks import Finding
from slipway.triton_repository.model import Model
from slipway.triton_repository.rules.batching import size_findings
from slipway.triton_repository.schema.sequences import Control, ModelSequenceBatching, State

IDENTITY = "CONTROL_SEQUENCE_CORRID"
IDENTITY_TYPES = ("TYPE_UINT64", "TYPE_INT64", "TYPE_UINT32", "TYPE_INT32", "TYPE_STRING")


def sequence_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the model's sequence batching."""
    batching = model.config.sequence_batching
    if batching is None:
        return
    path = f"{place}.sequence_batching"
    if batching.oldest:
        sizes = batching.oldest.preferred_batch_size
        yield from size_findings(sizes, model.config.max_batch_size, f"{path}.oldest.preferred_batch_size")
    if batching.direct and not 0 <= batching.direct.minimum_slot_utilization <= 1:
        message = f"{batching.direct.minimum_slot_utilization:g} is no share"
        place = f"{path}.direct.minimum_slot_utilization"
        yield Finding("triton.sequence-slots", place, message, "write a number from 0 to 1")
    yield from _control_findings(batching, f"{path}.control_input")
    for index, state in enumerate(batching.state):
        yield from _state_findings(model, state, f"{path}.state[{index}]")


def _control_findings(batching: ModelSequenceBatching, path: str) -> Iterator[Finding]:
    for index, tensor in enumerate(batching.control_input):
        if not tensor.name:
            yield Finding("triton.control-name", f"{path}[{index}].name", "it has none", "write the name of the input")
    for name, count in Counter(tensor.name for tensor in batching.control_input if tensor.name).items():
        if count > 1:
            remedy = "write it once, with a control for each kind"
            yield Finding("triton.control-twice", path, f"{name!r} stands {count} times", remedy)
    controls = [control for tensor in batching.control_input for control in tensor.control]
    for kind, count in Counter(control.kind for control in controls).items():
        if count > 1:
            message = f"{kind} goes to {count} tensors"
            yield Finding("triton.control-tensors", path, message, "name it for one tensor")
    for control in controls:
        yield from _value_findings(control, f"{path}.{control.kind}")


def _value_findings(control: Control, path: str) -> Iterator[Finding]:
    pairs = {
        name: getattr(control, name)
        for name in ("int32_false_true", "fp32_false_true", "bool_false_true")
        if getattr(control, name)
    }
    if control.kind == IDENTITY:
        if pairs:
            message = "an identity has no two values"
            yield Finding("triton.identity-pair", f"{path}.{next(iter(pairs))}", message, "write data_type alone")
        if control.data_type not in IDENTITY_TYPES:
            message = f"{control.data_type} is no type of an identity"
            remedy = f"write one of {', '.join(IDENTITY_TYPES)}"
            yield Finding("triton.identity-type", f"{path}.data_type", message, remedy)
        return
    if len(pairs) != 1:
        message = f"{len(pairs)} of int32_false_true, fp32_false_true and bool_false_true are given"
        remedy = "write one of the three, such as int32_false_true: [0, 1]"
        yield Finding("triton.control-pairs", path, message, remedy)
    for name, values in pairs.items():
        if len(values) != 2:
            message = f"it has {len(values)} values"
            yield Finding("triton.control-values", f"{path}.{name}", message, "write the two values for false and true")


def _state_findings(model: Model, state: State, path: str) -> Iterator[Finding]:
    for initial in state.initial_state[:1]:
        place = f"{path}.initial_state"
        if not initial.name:
            yield Finding("triton.state-name", f"{place}.name", "it has none", "write a name")
        if -1 in initial.dims:
            message = f"{[*initial.dims]} leaves a size open"
            yield Finding("triton.state-open", f"{place}.dims", message, "write every size")
        elif len(initial.dims) != len(state.dims) or any(
            size not in {-1, given} for size, given in zip(state.dims, initial.dims, strict=True)
        ):
            message = f"{[*initial.dims]} does not fit the state's {[*state.dims]}"
            yield Finding("triton.state-dims", f"{place}.dims", message, f"write {[*state.dims]} with every size")
        if initial.data_type != state.data_type:
            message = f"{initial.data_type}, but the state is {state.data_type}"
            yield Finding("triton.state-type", f"{place}.data_type", message, f"write {state.data_type}")
        if initial.zero_data is None and initial.data_file is None:
            yield Finding("triton.state-data", place, "it has no data", "write zero_data: true or data_file")
        if initial.data_file is not None and f"initial_state/{initial.data_file}" not in model.files:
            message = f"initial_state/{initial.data_file} is not beside config.pbtxt"
            yield Finding("triton.state-file", f"{place}.data_file", message, "add it to the model's files")
    if len(state.initial_state) > 1:
        message = f"there are {len(state.initial_state)}"
        yield Finding("triton.states-initial", f"{path}.initial_state", message, "write one")
