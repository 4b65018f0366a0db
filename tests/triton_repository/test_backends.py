"""What ONNX Runtime, TensorRT, Python and PyTorch decide. Of these only Python runs here."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slipway.triton_repository import (
    External,
    Model,
    ModelConfig,
    ModelDynamicBatching,
    ModelInput,
    ModelInstanceGroup,
    ModelOutput,
    parse,
)
from slipway.triton_repository.backends import backend_of
from slipway.triton_repository.llama2 import logits_model
from slipway.triton_repository.schema.optimization import (
    Accelerator,
    ExecutionAccelerators,
    Graph,
    ModelOptimizationPolicy,
)
from tests.triton_repository.repositories import A10G, CPU, found, group, model

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
X = (ModelInput(name="x", data_type="TYPE_FP32", dims=(-1,), allow_ragged_batch=True),)
EXECUTE = "class TritonPythonModel:\n    def execute(self, requests):\n        "


GATHERED = (
    EXECUTE + "x = [pb_utils.get_input_tensor_by_name(request, 'x').as_numpy() for request in requests]\n        "
)


class TestPython:
    @pytest.mark.parametrize("joined", ["np.concatenate(x)", "np.stack(x)", "torch.stack(x)"])
    def test_ragged_requests_do_not_reach_code_that_joins_them(self, joined: str) -> None:
        ragged = {"input": X, "dynamic_batching": ModelDynamicBatching()}
        ((path, message),) = found(python(GATHERED + joined, **ragged), pod=CPU)
        assert path == "m.input.x.allow_ragged_batch"
        assert "1/model.py:4 joins arrays that differ" in message
        assert found(python(GATHERED + joined, input=X), pod=CPU) == []

    @pytest.mark.parametrize(
        "text",
        [
            "x = pad(x); np.concatenate(x)",
            "np.concatenate([each.reshape(-1) for each in x])",
            "np.concatenate(x, axis=1)",
            "return [answer(each) for each in x]",
        ],
        ids=["padded", "flattened", "along another axis", "each alone"],
    )
    def test_ragged_requests_reach_code_that_can_take_them(self, text: str) -> None:
        assert found(python(GATHERED + text, input=X, dynamic_batching=ModelDynamicBatching()), pod=CPU) == []

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
        unnamed = (ModelInput(name="x"),)
        assert found(python(text, input=unnamed), pod=CPU) == []
        assert found(python(EXECUTE + "pass\n", input=unnamed), pod=CPU) != []


class TestPyTorch:
    """NVIDIA's tests of the backend (qa/L0_model_config of the server) have too few inputs and outputs refused."""

    @pytest.mark.parametrize("stated", [{"backend": "pytorch"}, {"backend": "", "platform": "pytorch_libtorch"}])
    @pytest.mark.parametrize("side", ["input", "output"])
    def test_its_models_have_inputs_and_outputs(self, stated: dict[str, str], side: str) -> None:
        message = "there is none, and the pytorch backend does not load a model without"
        assert found(torch(**stated)) == []
        assert found(torch(**stated, **{side: ()})) == [(f"m.{side}", message)]

    def test_its_file_does_not_say_what_is_left_out(self) -> None:
        assert found(torch(output=(ModelOutput(name="y"),)))[0] == ("m.output.y.data_type", "it is not stated")

    def test_a_backend_in_python_runs_any_module(self) -> None:
        assert found(torch(runtime="model.py", output=()).model_copy(update={"versions": {1: {"net.py": ""}}})) == []

    def test_an_archive_needs_a_release_that_knows_it(self) -> None:
        made = torch(platform="torch_aoti").model_copy(update={"versions": {1: {"model.pt2": b""}}})
        assert found(made) == []
        ((path, message),) = found(made, pod=replace(A10G, release="26.02"))
        assert path == "m.platform"
        assert "26.03 is the first to know it" in message

    def test_its_file_must_be_there(self) -> None:
        ((path, message),) = found(torch(default_model_filename="net.pt"))
        assert path == "m.versions.1"
        assert message.startswith("net.pt is not there")


def torch(**fields: Any) -> Model:
    stated: dict[str, Any] = {"backend": "pytorch", "instance_group": (group("KIND_GPU"),)}
    return model("m", **(stated | fields)).model_copy(update={"versions": {1: {"model.pt": b""}}})


def test_what_an_ensemble_states_of_a_backend_tells_none() -> None:
    assert backend_of(Model(config=ModelConfig(platform="ensemble"), versions={1: {"model.py": ""}})) is None


def test_a_backend_of_which_nothing_is_known_is_left_alone() -> None:
    config = ModelConfig(name="m", backend="own", instance_group=(group("KIND_GPU"),))
    assert found(Model(config=config, versions={1: {}})) == []
