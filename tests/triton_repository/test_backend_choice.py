"""Which backend runs a model whose configuration names none, and what that backend loads: as the real server has it.

The server's backends besides Python are stand-ins: the choice is real, what such a backend does with a file is not.
"""

from dataclasses import dataclass

import pytest

from slipway.checks import errors
from slipway.triton_repository import Model, ModelConfig, Pod, Repository, repository_findings
from slipway.triton_repository.backends import backend_of
from tests.triton_repository.repositories import CPU, STAND_INS, code, group, model
from tests.triton_repository.tritonserver import TritonServer

POD = Pod(gpus=1, gpu_memory_gib=24, release=CPU.release, backends=frozenset({"python", *STAND_INS}))
NONE = ("triton.no-backend", "triton.platform", "triton.release", "triton.python-file")
"""What the checks say where the server finds no backend, or one that cannot be."""


@dataclass(frozen=True)
class Told:
    """A model without a backend; the server looks into the first of its folders.

    Attributes:
        name: its directory.
        file: what lies in its version directory.
        beside: what lies beside that.
        versions: its version directories; the first has the file, the others have not.
    """

    name: str
    file: str = "weights.bin"
    platform: str = ""
    default_model_filename: str = ""
    beside: str = ""
    versions: tuple[int, ...] = (1,)

    def model(self) -> Model:
        made = model(
            self.name,
            backend="",
            platform=self.platform,
            default_model_filename=self.default_model_filename,
            instance_group=(group("KIND_MODEL"),),
        )
        held = {
            number: {self.file if number == self.versions[0] else "none": code("zeros")} for number in self.versions
        }
        files = {self.beside: ""} if self.beside else {}
        return made.model_copy(update={"versions": held, "files": files})


TOLD = (
    Told("by_graphdef", file="model.graphdef"),
    Told("by_savedmodel", file="model.savedmodel/saved_model.pb"),
    Told("by_plan", file="model.plan"),
    Told("by_onnx", file="model.onnx"),
    Told("by_onnx_folder", file="model.onnx/weights.bin"),
    Told("by_xml", file="model.xml"),
    Told("by_pt", file="model.pt"),
    Told("by_py", file="model.py"),
    Told("by_stated_graphdef", default_model_filename="model.graphdef", file="model.graphdef"),
    Told("by_stated_plan", default_model_filename="model.plan", file="model.plan"),
    Told("by_stated_xml", default_model_filename="model.xml", file="model.xml"),
    Told("by_stated_pt", default_model_filename="model.pt", file="model.pt"),
    Told("by_stated_py_and_any_platform", default_model_filename="model.py", platform="caffe2", file="model.py"),
    Told("by_platform_graphdef", platform="tensorflow_graphdef", file="model.graphdef"),
    Told("by_platform_onnx", platform="onnxruntime_onnx", file="model.onnx"),
    Told("by_platform_torch", platform="pytorch_libtorch", file="model.pt"),
    Told("model.own"),
    Told("first.own"),
    Told("second.openvino", file="model.openvino"),
    Told("file_before_name.own", file="model.py"),
    Told("later_folder", file="model.py", beside="warmup/x.bin"),
)
UNTOLD = (
    Told("plain"),
    Told("ends_in_a_dot."),
    Told("pair.onnxruntime", file="model.onnxruntime"),
    Told("pair.pytorch", file="model.pytorch"),
    Told("pair.python", file="model.python"),
    Told("other_name", file="net.onnx"),
    Told("other_case", file="Model.py"),
    Told("plan_folder", file="model.plan/engine"),
    Told("newer", file="model.pt2"),
    Told("newer_platform", platform="torch_aoti", file="model.pt2"),
    Told("other_platform", platform="onnxruntim", file="model.onnx"),
    Told("other_platform_and_file", platform="onnxruntim", default_model_filename="model.onnx", file="model.onnx"),
    Told("stated_other.own", default_model_filename="model.bin", file="model.bin"),
    Told("earlier_version", file="model.py", versions=(2, 10)),
    Told("earlier_folder", file="model.py", beside=".ipynb_checkpoints/model.py.bak"),
)


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.name)
def test_the_backend_is_the_one_that_the_server_takes(stood_in: TritonServer, told: Told) -> None:
    made = told.model()
    chosen = backend_of(made)
    stood_in.serve(Repository(models=(made,)))
    reported = ModelConfig.model_validate_json(stood_in.get(f"/v2/models/{told.name}/config").text)
    assert chosen is not None
    assert chosen.name == reported.backend
    assert errors(repository_findings(Repository(models=(made,)), POD)) == []


@pytest.mark.parametrize("told", UNTOLD, ids=lambda told: told.name)
def test_where_the_server_finds_none_the_checks_say_so(stood_in: TritonServer, told: Told) -> None:
    repository = Repository(models=(told.model(),))
    stood_in.add(repository)
    assert not stood_in.load(told.name).ok
    assert {finding.code for finding in errors(repository_findings(repository, POD))} & {*NONE}


def test_a_backend_of_which_nothing_is_known_may_find_its_file_elsewhere(stood_in: TritonServer) -> None:
    made = model("elsewhere", backend="own", default_model_filename="shared/weights.bin")
    stood_in.serve(Repository(models=(made,)))
    assert errors(repository_findings(Repository(models=(made,)), POD)) == []


@pytest.mark.parametrize(
    ("backend", "runtime", "loads"),
    [
        ("python", "libtriton_python.so", True),
        ("python", "./libtriton_python.so", True),
        ("vllm", "model.py", True),
        ("pytorch", "model.py", True),
        ("own", "model.py", True),
        ("vllm", "libtriton_vllm.so", False),
        ("tensorrtllm", "libtriton_other.so", False),
        ("own", "__invalid_runtime__", False),
        ("own", "../python/libtriton_python.so", False),
        ("python", ".", False),
    ],
)
def test_a_runtime_is_one_that_the_backend_has(stood_in: TritonServer, backend: str, runtime: str, loads: bool) -> None:
    name = f"runtime_{len(list(stood_in.repository.iterdir()))}"
    made = model(name, backend=backend, runtime=runtime, instance_group=(group("KIND_MODEL"),), max_batch_size=0)
    files = {"model.py": code("zeros"), "model.json": '{"model": "m"}'}
    parameters = {"gpt_model_type": "V1", "gpt_model_path": "/e"} if backend == "tensorrtllm" else {}
    made = made.model_copy(
        update={"versions": {1: files}, "config": made.config.model_copy(update={"parameters": parameters})}
    )
    repository = Repository(models=(made,))
    stood_in.add(repository)
    assert stood_in.load(name).ok == loads
    codes = [finding.code for finding in errors(repository_findings(repository, POD))]
    assert codes == ([] if loads else ["triton.runtime"])
