"""Ensembles, made of parts that are in order."""

from typing import Any

from slipway.triton_repository import Step
from slipway.triton_repository.schema.policies import ModelTransactionPolicy
from tests.triton_repository.mistakes.mistake import Mistake, cpu, x, y
from tests.triton_repository.repositories import ensemble, model, step

PARTS = (
    model("part"),
    model("pair", input=(*x(), *x(name="z"))),
    model("fork", output=(*y(), *y(name="z"))),
    model("stream", model_transaction_policy=ModelTransactionPolicy(decoupled=True)),
    model("echoed", output=(*y(), *y())),
)
STEPS = "ensemble_scheduling.step"
TENSOR = "ensemble_scheduling"
DECOUPLED = "receives inputs originated from different decoupled models"


def of(name: str, field: str, message: str, answer: str, *steps: Step, **fields: Any) -> Mistake:
    return Mistake((*PARTS, ensemble(name, *steps, **fields)), field, message, answer)


def part(name: str = "part", *, version: int = -1, **tensors: str) -> Step:
    """Return a step: x and z are read, a and b are where y and z go."""
    inputs = {key: value for key, value in tensors.items() if key in {"x", "z", "ids"}}
    outputs = {{"a": "y", "b": "z"}.get(key, key): value for key, value in tensors.items() if key not in inputs}
    return step(name, inputs, outputs, version)


WHOLE = part(x="x", a="y")

ENSEMBLES = [
    of("platform", "platform", "makes it an ensemble", "with no backend in model configuration", WHOLE, platform=""),
    of("backed", "backend", "an ensemble has no backend", "empty backend type", WHOLE, backend="python"),
    of("grouped", "instance_group", "has none", "instance group should not", WHOLE, instance_group=cpu()),
    of("stepless", STEPS, "it has no steps", "must specify 'step'"),
    of("nobody", f"{STEPS}[0].model_name", "no model 'none'", "not available", part("none", x="x", a="y")),
    of(
        "version",
        f"{STEPS}[0].model_version",
        "version 0 of part is not served; left out, it is 0",
        "whose required version 0 is not loaded",
        part(x="x", a="y", version=0),
    ),
    of("unfed", f"{STEPS}[0].input_map", "it is empty", "must specify 'input_map'", part(a="y")),
    of("unread", f"{STEPS}[0].output_map", "it is empty", "must specify 'output_map'", part(x="x")),
    of(
        "other_input",
        f"{STEPS}[0].input_map",
        "the key 'ids' is no input of part",
        "mapping to non-existing input ids",
        part(ids="x", a="y"),
    ),
    of(
        "other_output",
        f"{STEPS}[0].output_map",
        "the key 'scores' is no output of part",
        "mapped from non-existing output scores",
        part(x="x", scores="y"),
    ),
    of(
        "half_fed",
        f"{STEPS}[0].input_map",
        "the input 'z' of pair is not fed",
        "input z in model pair is not mapped",
        part("pair", x="x", a="y"),
    ),
    of(
        "loose",
        f"{TENSOR}.m",
        "no step writes it and no request brings it",
        "at least one of its depending tensors, 'm', is not connected",
        part("pair", x="x", z="m", a="y"),
    ),
    of(
        "dangling",
        f"{TENSOR}.m",
        "fork writes it, and nobody reads it",
        "ensemble tensor 'm' is unused",
        part("fork", x="x", a="y", b="m"),
    ),
    of(
        "twice",
        f"{TENSOR}.y",
        "part and fork write it, and a tensor is written once",
        "can appear in an output map only once",
        WHOLE,
        part("fork", x="x", a="y"),
    ),
    of(
        "spare_input",
        "input.w",
        "no step reads it",
        "ensemble input 'w' for ensemble spare_input' is not used",
        WHOLE,
        input=(*x(), *x(name="w")),
    ),
    of(
        "spare_output",
        "output.w",
        "no step writes it",
        "ensemble output 'w' for ensemble spare_output' is not used",
        WHOLE,
        output=(*y(), *y(name="w")),
    ),
    of(
        "cycle",
        STEPS,
        "pair and part and fork wait for one another's outputs",
        "is not connected",
        part("pair", x="x", z="b", a="a"),
        part("part", x="a", a="b"),
        part("fork", x="a", a="y"),
    ),
    of(
        "typed",
        f"{TENSOR}.x",
        "'x' of typed is TYPE_FP16, and 'x' of part is TYPE_FP32",
        "inconsistent data type: TYPE_FP16",
        WHOLE,
        input=x(data_type="TYPE_FP16"),
    ),
    of(
        "shaped",
        f"{TENSOR}.x",
        "'x' of shaped is [-1, 3], and 'x' of part is [-1, 2]",
        "inconsistent shape: [-1,3]",
        WHOLE,
        input=x(dims=(3,)),
    ),
    of(
        "unbatched_ensemble",
        f"{TENSOR}.x",
        "'x' of unbatched_ensemble is [4, 2, 2], and 'x' of part is [-1, 2]",
        "inconsistent shape: [4,2,2]",
        WHOLE,
        max_batch_size=0,
        input=x(dims=(4, 2, 2)),
    ),
    of(
        "larger",
        "max_batch_size",
        "max_batch_size 16 is above that of the step part, 8",
        "allows maximum batch size 16",
        WHOLE,
        max_batch_size=16,
    ),
    of(
        "joined",
        f"{STEPS}[1]",
        "its inputs come from the decoupled stream of step[0] and from the request",
        DECOUPLED,
        part("stream", x="x", a="m"),
        part("pair", x="m", z="x", a="y"),
    ),
    of(
        "joined_twice",
        f"{STEPS}[2]",
        "its inputs come from the decoupled stream of step[0] and from the decoupled stream of step[1]",
        DECOUPLED,
        part("stream", x="x", a="m"),
        part("stream", x="x", a="n"),
        part("pair", x="m", z="n", a="y"),
    ),
    of(
        "joined_in_a_row",
        f"{STEPS}[2]",
        "its inputs come from the decoupled stream of step[0] and from the decoupled stream of step[1]",
        DECOUPLED,
        part("stream", x="x", a="m"),
        part("stream", x="m", a="n"),
        part("pair", x="m", z="n", a="y"),
    ),
    of(
        "answered_apart",
        "output",
        "its outputs come from the decoupled stream of step[0] and from the request",
        DECOUPLED,
        part("stream", x="x", a="y"),
        part(x="x", a="w"),
        output=(*y(), *y(name="w")),
    ),
    of(
        "mapped_twice",
        f"{STEPS}[0].output_map",
        "echoed declares its output 'y' 2 times: it cannot be mapped",
        "multiple outputs in model echoed are mapped to the same ensemble tensor",
        part("echoed", x="x", a="y"),
    ),
    of("itself", TENSOR, "made of itself: itself → itself", "circular dependency", part("itself", x="x", a="y")),
]
