"""What ONNX Runtime, TensorRT and Python decide, and how a backend is told. Of these only Python runs here."""

from pathlib import Path
from typing import Any

import pytest

from tests.triton_repository.repositories import CPU, code, found, group, model
from triton_repository import External, Model, ModelConfig, ModelInstanceGroup, parse
from triton_repository.backends import backend_of
from triton_repository.llama2 import logits_model
from triton_repository.schema.optimization import (
    Accelerator,
    ExecutionAccelerators,
    Graph,
    ModelOptimizationPolicy,
)

SHAPES = Path(__file__).parent / "shapes"


def onnx(**fields: Any) -> Model:
    made = logits_model(External(source="/weights/llamav2.onnx"))
    return made.model_copy(update={"config": made.config.model_copy(update=fields)})


class TestOnnxRuntime:
    def test_its_repository_is_in_order(self) -> None:
        assert found(onnx()) == []

    def test_ragged_requests_share_its_batches(self) -> None:
        ragged = parse((SHAPES / "onnx_ragged.pbtxt").read_text("utf-8"))
        assert found(Model(config=ragged, versions={1: {"model.onnx": b""}})) == []

    def test_its_optimisations_are_those_that_it_has(self) -> None:
        accelerators = ExecutionAccelerators(gpu_execution_accelerator=(Accelerator(name="openvino"),))
        wrong = ModelOptimizationPolicy(graph=Graph(level=3), execution_accelerators=accelerators)
        assert found(onnx(optimization=wrong)) == [
            ("model.optimization.graph.level", "3 is no level: ONNX Runtime knows (-1, 0, 1, 2)"),
            (
                "model.optimization.execution_accelerators.gpu_execution_accelerator[0].name",
                "ONNX Runtime has no such accelerator 'openvino'",
            ),
        ]

    def test_its_file_must_be_there(self) -> None:
        ((path, message),) = found(onnx(default_model_filename=""))
        assert path == "model.versions.1"
        assert message.startswith("model.onnx is not there")


class TestTensorRt:
    def test_it_runs_on_gpus_only(self) -> None:
        config = ModelConfig(name="plan", platform="tensorrt_plan", instance_group=(group("KIND_CPU"),))
        made = Model(config=config, versions={1: {"model.plan": External(source="/engines/a10g.plan")}})
        assert found(made) == [("plan.instance_group[0].kind", "KIND_CPU, but TensorRT runs on GPUs only")]
        assert found(made, pod=CPU)[0] == (
            "plan.backend",
            "'tensorrt' is not in the server's image, which brings python",
        )

    def test_a_profile_is_an_index(self) -> None:
        groups = (ModelInstanceGroup(kind="KIND_GPU", profile=("0", "fast")),)
        config = ModelConfig(name="plan", backend="tensorrt", instance_group=groups)
        made = Model(config=config, versions={1: {"model.plan": b""}})
        assert found(made) == [("plan.instance_group[0].profile", "'fast' is no index of an optimisation profile")]


def python(text: str, **fields: Any) -> Model:
    return model("m", **fields).model_copy(update={"versions": {1: {"model.py": text}}})


HEAD = "import triton_python_backend_utils as pb_utils\n"
EXECUTE = "class TritonPythonModel:\n    def execute(self, requests):\n        "


class TestPython:
    @pytest.mark.parametrize(
        ("text", "path", "message"),
        [
            ("def f(:\n", "model.py:1:7", "not Python"),
            ("class Model:\n    pass\n", "model.py", "it has no class TritonPythonModel"),
            ("class TritonPythonModel:\n    pass\n", "model.py", "has no method execute"),
            (EXECUTE + "pb_utils.get_input_tensor_by_name(requests[0], 'z')\n", "model.py:3", "asks for the input 'z'"),
            (EXECUTE + "return [pb_utils.Tensor('z', 0)]\n", "model.py:3", "it answers with 'z'"),
        ],
    )
    def test_its_code_is_compared_with_the_configuration(self, text: str, path: str, message: str) -> None:
        ((where, what),) = found(python(text), pod=CPU)
        assert where == f"m.versions.1.{path}"
        assert message in what

    @pytest.mark.parametrize(
        "text",
        [
            EXECUTE + "name = 'z'; pb_utils.get_input_tensor_by_name(requests[0], name)\n",
            EXECUTE + "pb_utils.InferenceRequest(inputs=[pb_utils.Tensor('other_models_input', 0)])\n",
            "from base import TritonPythonModel\n",
            "from base import Base\nclass TritonPythonModel(Base):\n    pass\n",
        ],
        ids=["name at run time", "another model", "imported", "inherited"],
    )
    def test_code_that_cannot_be_told_wrong_passes(self, text: str) -> None:
        assert found(python(HEAD + text), pod=CPU) == []

    def test_code_that_completes_the_configuration_may_leave_tensors_out(self) -> None:
        text = EXECUTE + "pass\n    @staticmethod\n    def auto_complete_config(config):\n        return config\n"
        assert found(python(text, input=(), output=()), pod=CPU) == []
        assert found(python(EXECUTE + "pass\n", input=(), output=()), pod=CPU) != []


@pytest.mark.parametrize(
    ("config", "files", "backend"),
    [
        (ModelConfig(platform="onnxruntime_onnx"), {}, "onnxruntime"),
        (ModelConfig(default_model_filename="model.plan"), {}, "tensorrt"),
        (ModelConfig(), {"model.py": code("zeros")}, "python"),
        (ModelConfig(), {"model.pt": b""}, "pytorch"),
        (ModelConfig(backend="own"), {}, "own"),
        (ModelConfig(), {"weights.bin": b""}, None),
        (ModelConfig(platform="ensemble"), {}, None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_backend_is_told_by_what_is_stated_or_by_the_file(
    config: ModelConfig, files: dict[str, Any], backend: str | None
) -> None:
    chosen = backend_of(Model(config=config, versions={1: files}))
    assert (chosen.name if chosen else None) == backend


def test_a_backend_of_which_nothing_is_known_is_left_alone() -> None:
    config = ModelConfig(name="m", backend="own", instance_group=(group("KIND_GPU"),))
    assert found(Model(config=config, versions={1: {}})) == []
