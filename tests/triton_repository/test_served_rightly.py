"""What looks like a mistake and is none: the real server loads it and answers, and the checks let it pass."""

from pathlib import Path

import pytest

from slipway.checks import errors
from slipway.triton_repository import Model, Pod, parse, repository_findings
from tests.triton_repository.mistakes.mistake import x, y
from tests.triton_repository.repositories import A10G, CPU, FOUR_GPUS, code, ensemble, model, repository, step
from tests.triton_repository.test_served_wrongly import infer, tensor
from tests.triton_repository.tritonserver import TritonServer

PART = model("whole_part")
OPEN = model("open_part", input=x(dims=(-1,)), output=y(dims=(-1,)))


def over_part(name: str, **fields: object) -> Model:
    return ensemble(name, step("whole_part", {"x": "x"}, {"y": "y"}), **fields)


MODELS = (
    model("ragged", input=x(dims=(-1,), allow_ragged_batch=True)),
    model("ragged_fixed", input=x(allow_ragged_batch=True)),
    model("ragged_alone", input=x(dims=(-1, 2), allow_ragged_batch=True), max_batch_size=0),
    ensemble(
        "ragged_ensemble",
        step("open_part", {"x": "x"}, {"y": "y"}),
        input=x(dims=(-1,), allow_ragged_batch=True),
        output=y(dims=(-1,)),
    ),
    model("output_twice", output=(*y(), *y())),
    model("output_twice_otherwise", output=(*y(), *y(data_type="TYPE_INT32", dims=(3,)))),
    over_part("ensemble_output_twice", output=(*y(), *y())),
    over_part("ensemble_output_twice_otherwise", output=(*y(), *y(data_type="TYPE_INT32", dims=(3,)))),
    model("input_twice_optional", input=(*x(), *x(optional=True))),
    over_part("ensemble_input_twice_optional", input=(*x(), *x(optional=True))),
    model("no_outputs", output=()),
    model("file_of_another_name", default_model_filename="my-code.py").model_copy(
        update={"versions": {1: {"my-code.py": code("zeros")}}}
    ),
)


@pytest.fixture(scope="module")
def filled(server: TritonServer) -> TritonServer:
    server.serve(repository(PART, OPEN))
    return server


@pytest.mark.parametrize("made", MODELS, ids=lambda made: made.name)
def test_the_server_answers_and_the_checks_say_nothing(filled: TritonServer, made: Model) -> None:
    assert repository_findings(repository(PART, OPEN, made), CPU) == []
    filled.serve(repository(made))
    assert infer(filled, made.name, tensor(1, 2)).ok


def test_a_model_without_batches_may_have_no_inputs(server: TritonServer) -> None:
    made = model("asked_for_nothing", input=(), max_batch_size=0)
    assert repository_findings(repository(made), CPU) == []
    server.serve(repository(made))
    assert infer(server, "asked_for_nothing").ok


@pytest.mark.parametrize(
    ("shape", "pod"),
    [("tensorrtllm_blanks", A10G), ("tensorrtllm_several_values", FOUR_GPUS), ("tensorrtllm_inflight", A10G)],
)
def test_templates_of_tensorrt_llm_load_as_they_are_filled_in(stood_in: TritonServer, shape: str, pod: Pod) -> None:
    """What the server says of the file is real; the parameters are read by the backend, which is a stand-in here."""
    config = parse((Path(__file__).parent / "shapes" / f"{shape}.pbtxt").read_text("utf-8"))
    made = Model(config=config, versions={1: {}})
    assert errors(repository_findings(repository(made), pod)) == []
    stood_in.serve(repository(made))
