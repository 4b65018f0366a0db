"""How far a real server follows the known shapes, written by us: it loads them, or lacks a part that it names.

Shapes of other backends prove only that the server reads the file and accepts what it states: the engine itself, and
so vLLM, TensorRT-LLM, TensorRT and ONNX Runtime, is not in the wheel.
"""

from pathlib import Path

import pytest

from slipway.checks import errors
from slipway.triton_repository import File, Model, Repository, parse, repository_findings
from tests.triton_repository.repositories import CPU, code
from tests.triton_repository.tritonserver import TritonServer

SHAPES = {path.stem: path for path in sorted((Path(__file__).parent / "shapes").glob("*.pbtxt"))}

NO_BACKEND = "unable to find backend library"
NO_STEPS = "contains models that are not available or ambiguous"
TOO_NEW = "failed to read text proto"
LACKING = {
    "custom_operations": NO_BACKEND,
    "ensemble_bounded": TOO_NEW,
    "metric_buckets": TOO_NEW,
    "python_environment": "environment.tar.gz",
    "python_runtime": "unable to find backend library 'libtriton_custom_v2.so'",
    "pytorch_libtorch": NO_BACKEND,
    "repository_agent": "unable to find 'libtritonrepoagent_checksum.so'",
    "vllm_engine": NO_BACKEND,
}
"""What the server says of shapes that it cannot load."""
FILES: dict[str, dict[str, File]] = {
    "onnx_densenet": {"labels.txt": "cat\n"},
    "python_environment": {"environment.tar.gz": b"no archive"},
    "sequence_growable_state": {"initial_state/start.bin": bytes(4)},
    "warmup": {"warmup/x.bin": bytes(8)},
}


def lacking(name: str) -> str | None:
    family = name.partition("_")[0]
    default = {"ensemble": NO_STEPS, "onnx": NO_BACKEND, "tensorrt": NO_BACKEND, "tensorrtllm": NO_BACKEND}
    return LACKING.get(name, default.get(family))


def shaped(name: str) -> Model:
    config = parse(SHAPES[name].read_text("utf-8")).model_copy(update={"name": name})
    return Model(config=config, versions={1: {"model.py": code("zeros")}}, files=FILES.get(name, {}))


@pytest.fixture(scope="module")
def filled(server: TritonServer) -> TritonServer:
    server.add(Repository(models=tuple(map(shaped, SHAPES))))
    return server


@pytest.mark.parametrize("name", SHAPES)
def test_the_server_loads_a_shape_or_names_what_it_lacks(filled: TritonServer, name: str) -> None:
    answer = filled.load(name)
    expected = lacking(name)
    assert answer.ok == (expected is None), answer
    assert (expected or "") in answer.text + answer.log


@pytest.mark.parametrize("name", [name for name in SHAPES if lacking(name) is None])
def test_a_shape_that_the_server_loads_passes_the_checks(name: str) -> None:
    assert errors(repository_findings(Repository(models=(shaped(name),)), CPU)) == []
