"""The tensors that an ensemble's steps pass on: each is written once and used, and no step waits for itself."""

from collections import defaultdict
from collections.abc import Iterator

from slipway.checks import Finding
from slipway.triton_repository.model import Model
from slipway.triton_repository.schema.scheduling import Step


def graph_findings(model: Model, place: str) -> Iterator[Finding]:
    """Yield what is wrong with the tensors of the ensemble `model`, which has steps."""
    assert model.config.ensemble_scheduling
    steps = model.config.ensemble_scheduling.step
    inputs = [tensor.name for tensor in model.config.input]
    outputs = [tensor.name for tensor in model.config.output]
    written: dict[str, list[str]] = defaultdict(list)
    used: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        for tensor in filter(None, step.output_map.values()):
            written[tensor].append(step.model_name)
        for tensor in filter(None, step.input_map.values()):
            used[tensor].append(step.model_name)
    yield from _written_findings(written, inputs, place)
    yield from _used_findings(written, used, inputs, outputs, place)
    if not {*used, *outputs} - {*written, *inputs}:
        yield from _cycle_findings(steps, inputs, place)


def _written_findings(written: dict[str, list[str]], inputs: list[str], place: str) -> Iterator[Finding]:
    for tensor, writers in written.items():
        path = f"{place}.ensemble_scheduling.{tensor}"
        if tensor in inputs:
            message = f"{writers[0]} writes it, but requests bring it: they would wait for ever"
            yield Finding("triton.ensemble-input-written", path, message, "give the output a name of its own")
        elif len(writers) > 1:
            message = f"{' and '.join(writers)} write it, and a tensor is written once"
            yield Finding("triton.ensemble-written-twice", path, message, "give each output a name of its own")


def _used_findings(
    written: dict[str, list[str]], used: dict[str, list[str]], inputs: list[str], outputs: list[str], place: str
) -> Iterator[Finding]:
    known = ", ".join(sorted({*written, *inputs}))
    scheduling = f"{place}.ensemble_scheduling"
    for tensor, readers in used.items():
        if tensor not in written and tensor not in inputs:
            message = f"{' and '.join(readers)} read it, but no step writes it and no request brings it"
            yield Finding("triton.ensemble-unwritten", f"{scheduling}.{tensor}", message, f"read one of {known}")
    for tensor in written:
        if tensor not in used and tensor not in outputs:
            message = f"{written[tensor][0]} writes it, and nobody reads it"
            remedy = "leave it out of the output_map, or declare it as an output"
            yield Finding("triton.ensemble-unread", f"{scheduling}.{tensor}", message, remedy)
    for tensor in inputs:
        if tensor not in used:
            message = "no step reads it" + (", only the ensemble's own output" if tensor in outputs else "")
            remedy = "leave it out, or map it to an input of a step"
            yield Finding("triton.ensemble-input", f"{place}.input.{tensor}", message, remedy)
    for tensor in outputs:
        if tensor not in written and tensor not in inputs:
            remedy = f"map an output of a step to it; known are {known}"
            yield Finding("triton.ensemble-output", f"{place}.output.{tensor}", "no step writes it", remedy)


def _cycle_findings(steps: tuple[Step, ...], inputs: list[str], place: str) -> Iterator[Finding]:
    waiting = in_order(steps, inputs)[1]
    if waiting:
        names = " and ".join(step.model_name for step in waiting)
        message = f"{names} wait for one another's outputs, so none of them ever runs"
        remedy = "feed one of them from an input or an earlier step"
        yield Finding("triton.ensemble-cycle", f"{place}.ensemble_scheduling.step", message, remedy)


def in_order(steps: tuple[Step, ...], inputs: list[str]) -> tuple[list[Step], list[Step]]:
    """Return the steps in an order in which they can run, and those that never can."""
    ready, waiting, ordered = {*inputs}, [*steps], list[Step]()
    while runnable := [step for step in waiting if ready.issuperset(step.input_map.values())]:
        ordered += runnable
        waiting = [step for step in waiting if step not in runnable]
        for step in runnable:
            ready |= {*step.output_map.values()}
    return ordered, waiting
