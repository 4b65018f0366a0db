"""Versions, files and names."""

from typing import Any

from slipway.triton_repository.schema.policies import Latest, ModelVersionPolicy, ModelWarmup, Specific, WarmupInput
from tests.triton_repository.mistakes.mistake import Mistake, one
from tests.triton_repository.repositories import code, model


def versions(name: str, message: str, policy: ModelVersionPolicy | None, *present: int, **files: Any) -> Mistake:
    made = model(name, version_policy=policy, files=files.get("files"))
    made = made.model_copy(update={"versions": {number: {"model.py": code("zeros")} for number in present}})
    return Mistake((made,), "versions", message, "at least one version must be available under the version policy")


def warm(name: str, field: str, message: str, answer: str, *, files: Any = None, **fields: Any) -> Mistake:
    given = {"data_type": "TYPE_FP32", "dims": (2,), "zero_data": True} | fields
    warmup = ModelWarmup(name="w", batch_size=1, inputs={"x": WarmupInput.model_validate(given)})
    return one(name, f"model_warmup.w.inputs.x{field}", message, answer, files=files, model_warmup=(warmup,))


def filed(name: str, file: str, message: str, answer: str) -> Mistake:
    made = model(name, default_model_filename=file).model_copy(update={"versions": {1: {file: code("zeros")}}})
    return Mistake((made,), "default_model_filename", message, answer)


FILES = [
    filed("dotted", "my.model.py", "'my.model.py' cannot be imported", "No module named '1.my'"),
    filed("no_python", "model.txt", "'model.txt' cannot be imported", "Model name must end with '.py'"),
    versions("no_version", "serves none", None),
    versions("latest_none", "serves none", ModelVersionPolicy(latest=Latest(num_versions=0)), 1),
    versions("specific_none", "serves none", ModelVersionPolicy(specific=Specific(versions=(2,))), 1),
    versions("zero_led", "01/ is no version", None, files={"01/model.py": code("zeros")}),
    versions("v_led", "v1/ is no version", None, files={"v1/model.py": code("zeros")}),
    one(
        "environment",
        "parameters.EXECUTION_ENV_PATH",
        "is not in the model's directory",
        "Failed to get the canonical path",
        parameters={"EXECUTION_ENV_PATH": "$$TRITON_MODEL_DIRECTORY/none.tar.gz"},
    ),
    one(
        "cpu_only",
        "parameters.FORCE_CPU_ONLY_INPUT_TENSORS",
        "'true', and Triton refuses all but yes and no",
        "Incorrect value for FORCE_CPU_ONLY_INPUT_TENSORS",
        parameters={"FORCE_CPU_ONLY_INPUT_TENSORS": "true"},
    ),
    warm(
        "warm_type", ".data_type", "TYPE_FP64, but the input is TYPE_FP32", "data-type is 'FP64'", data_type="TYPE_FP64"
    ),
    warm("warm_dims", ".dims", "[3] is no shape of the input", "unexpected shape for input 'x'", dims=(3,)),
    warm("warm_open", ".dims", "[-1] is no shape of the input", "variable-size dimensions are specified", dims=(-1,)),
    warm("warm_data", "", "it has no data", "to have input_data_type set", zero_data=None),
    warm("warm_file", ".input_data_file", "is not beside", "No such file", zero_data=None, input_data_file="d"),
    warm(
        "warm_short",
        ".input_data_file",
        "has 4 bytes, and [2] needs 8",
        "warmup setting expects 8 bytes",
        zero_data=None,
        input_data_file="d",
        files={"warmup/d": bytes(4)},
    ),
    one(
        "warm_missing",
        "model_warmup.w.inputs",
        "the input 'x' is missing",
        "missing required input(s) ['x']",
        model_warmup=(ModelWarmup(name="w", batch_size=1),),
    ),
]

NAMES = [
    one(
        "no_backend", "backend", "platform 'foo' is none", "unexpected platform type 'foo'", backend="", platform="foo"
    ),
    one(
        "mixed",
        "platform",
        "'tensorrt_plan' does not go with the backend onnxruntime",
        "unexpected 'platform' and 'backend' pair",
        backend="onnxruntime",
        platform="tensorrt_plan",
    ),
    one(
        "other_pair",
        "platform",
        "'tensorrt_plan' does not go with the backend pytorch",
        "unexpected 'platform' and 'backend' pair",
        backend="pytorch",
        platform="tensorrt_plan",
    ),
    one(
        "runtime",
        "runtime",
        "'libtriton_other.so' is no library of the python backend",
        "unable to find backend library 'libtriton_other.so'",
        runtime="libtriton_other.so",
    ),
    one(
        "runtime_of_python",
        "runtime",
        "'model.py' is no library of the python backend",
        "unable to find Python backend based backend library 'model.py'",
        runtime="model.py",
    ),
    one(
        "runtime_above",
        "runtime",
        "'../libtriton_python.so' is no library of the python backend",
        "unable to find backend library '../libtriton_python.so'",
        runtime="../libtriton_python.so",
    ),
    one(
        "runtime_outside",
        "runtime",
        "'../config.pbtxt' is no library of the python backend",
        "escapes backend directory",
        runtime="../config.pbtxt",
    ),
    one(
        "other_image",
        "backend",
        "'vllm' is not in the server's image",
        "unable to find backend library",
        backend="vllm",
    ),
]
