"""TensorRT-LLM's LLM API in Triton: a Python model of NVIDIA's that reads its engine's arguments from model.yaml.

Its code (model.py, helpers.py) lies in the TensorRT-LLM images. It takes requests at any time and lets the engine batch
them; max_batch_size and the decoupled policy come from model.yaml. Source: triton_backend/all_models/llmapi of
TensorRT-LLM.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import yaml
from pydantic import ConfigDict, Field, JsonValue
from typing_extensions import override

from slipway.checks import Finding
from slipway.checks.settings import Positive, Settings
from slipway.triton_repository.backends.backend import text_file
from slipway.triton_repository.backends.engine_arguments import EngineArguments, argument_findings, load_yaml
from slipway.triton_repository.backends.python import PythonBackend
from slipway.triton_repository.backends.tensorrtllm import gpu_indices
from slipway.triton_repository.model import File, Model
from slipway.triton_repository.pod import Pod
from slipway.triton_repository.schema.model_config import ModelConfig
from slipway.triton_repository.schema.policies import ModelTransactionPolicy

ARGUMENTS_FILE = "model.yaml"


class TritonConfig(Settings):
    """What model.yaml says to Triton in place of config.pbtxt."""

    model_config = ConfigDict(strict=True)

    max_batch_size: Literal[0] = 0
    """The model takes no batches; its engine makes them."""
    decoupled: bool
    """Whether answers may come token by token."""
    cancellation_check_period_ms: Positive | None = None
    """Time between two looks for cancelled requests, milliseconds."""


class LlmApiArgs(EngineArguments):
    """Arguments of tensorrt_llm.LLM; what is left out has the engine's default."""

    model: str = Field(min_length=1)
    """Name of the model on Hugging Face, or the directory that holds it."""
    backend: Literal["pytorch", "tensorrt", "_autodeploy"] | None = None
    """What runs the model."""
    tensor_parallel_size: Positive | None = None
    """GPUs over which each layer is spread."""
    pipeline_parallel_size: Positive | None = None
    """Groups of GPUs over which the layers are divided."""
    max_batch_size: Positive | None = None
    """Most requests in a batch of the engine."""
    max_num_tokens: Positive | None = None
    """Most tokens of one step."""
    max_seq_len: Positive | None = None
    """Most tokens of a request, prompt and answer together."""
    kv_cache_config: dict[str, JsonValue] | None = None
    """Settings of the KV cache."""
    speculative_config: dict[str, JsonValue] | None = None
    """The draft model and how it is used."""
    triton_config: TritonConfig
    """What model.yaml says to Triton."""

    @property
    def gpus(self) -> int:
        """GPUs that one engine takes."""
        return (self.tensor_parallel_size or 1) * (self.pipeline_parallel_size or 1)

    def render(self) -> str:
        """Return the text of model.yaml."""
        return yaml.safe_dump(self.arguments(), sort_keys=False, allow_unicode=True)


class LlmApiBackend(PythonBackend):
    """The backend `python` with NVIDIA's model of the LLM API."""

    batches_itself: ClassVar = True
    needs_gpu: ClassVar = True

    @override
    def completed(self, model: Model) -> ModelConfig:
        args = _args_of(model)
        if args is None:
            return model.config
        policy = ModelTransactionPolicy(decoupled=args.triton_config.decoupled)
        return model.config.model_copy(update={"model_transaction_policy": policy})

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        yield from super().findings(model, place, pod)
        if model.config.model_transaction_policy is not None:
            message = "model.yaml decides it (triton_config.decoupled), and cannot change what is stated here"
            yield Finding("triton.llmapi-policy", f"{place}.model_transaction_policy", message, "leave it out")
        for version in model.versions:
            text = text_file(model, version, ARGUMENTS_FILE)
            if text is not None:
                yield from _argument_findings(model, place, f"{place}.versions.{version}.{ARGUMENTS_FILE}", text, pod)


def is_llmapi(model: Model) -> bool:
    """Return whether a version of the model holds arguments of the LLM API."""
    return any(ARGUMENTS_FILE in files for files in model.versions.values())


def llmapi_model(config: ModelConfig, args: LlmApiArgs, code: Mapping[str, File]) -> Model:
    """Return the model of `config` that runs `args` with NVIDIA's `code`: model.py and helpers.py."""
    return Model(config=config, versions={1: {**code, ARGUMENTS_FILE: args.render()}})


def _args_of(model: Model) -> LlmApiArgs | None:
    for version in sorted(model.versions, reverse=True):
        given, _ = load_yaml(text_file(model, version, ARGUMENTS_FILE) or "{}", "")
        return argument_findings(LlmApiArgs, given or {}, "")[0]
    return None


def _argument_findings(model: Model, place: str, file: str, text: str, pod: Pod) -> Iterator[Finding]:
    given, findings = load_yaml(text, file)
    yield from findings
    if given is None:
        return
    args, findings = argument_findings(LlmApiArgs, given, file)
    yield from findings
    if args is None:
        return
    instances = sum(max(group.count, 1) for group in model.config.instance_group) or 1
    wanted = args.gpus * instances
    if wanted > pod.gpus:
        message = f"{instances} engines of {args.gpus} GPUs need {wanted}, and the pod has {pod.gpus}"
        remedy = f"spread over {pod.gpus} GPUs at most"
        yield Finding("triton.llmapi-gpus", f"{file}.tensor_parallel_size", message, remedy)
    if instances > 1:
        lists = model.config.parameters.get("gpu_device_ids", "").split(";")
        if [len(gpu_indices(each)) for each in lists[:instances]] != [args.gpus] * instances:
            path = f"{place}.parameters.gpu_device_ids"
            message = f"{instances} instances of {args.gpus} GPUs each need as many lists of GPUs"
            yield Finding("triton.llmapi-gpu-lists", path, message, 'write them as "0,1;2,3"')
