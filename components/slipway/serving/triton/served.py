"""What a Triton server serves: its models, the one that clients ask, and how Triton runs it. It loads no cloud SDK."""

from dataclasses import dataclass
from typing import Any

from slipway import project
from slipway.catalog.engines import Mode
from slipway.catalog.engines.triton.host import LLMAPI_CODE
from slipway.serving.load_request import PROMPT, LoadRequest
from slipway.serving.settings import LoadClients
from slipway.serving.triton.gate import gated
from slipway.serving.triton.llama2 import llama2
from slipway.serving.triton.moved import moved_repository
from slipway.serving.triton.settings import (
    Directory,
    Ensemble,
    LlmApi,
    ModelRepository,
    Serving,
    TensorRtLlmEngine,
)
from slipway.triton_repository import (
    External,
    LlmApiArgs,
    Model,
    ModelConfig,
    ModelInput,
    ModelInstanceGroup,
    ModelOutput,
    Repository,
    TritonConfig,
    is_decoupled,
    llmapi_model,
    read,
)

ANYWHERE = "/models"
"""A place for weights, for judgement: no check depends on where they are."""

ENGINE_MODEL = "tensorrt_llm"
"""NVIDIA's name for the model that runs the engine."""

BLS_MODEL = "tensorrt_llm_bls"
ENSEMBLE_MODEL = "ensemble"
"""NVIDIA's names for the models in front of it."""

LLMAPI_ENTRY = "llm"
"""The gate in front of the model of the LLM API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The models of a server.

    Attributes:
        entry: the model that clients ask.
        mode: how Triton runs that model, which decides what its metrics tell.
        request: what load clients send.
        repository: the models; None where a pod makes them from the templates of its image.
    """

    entry: str
    mode: Mode
    request: LoadRequest
    repository: Repository | None = None


def served(serving: Serving, weights: str, load: LoadClients, *, read_only: bool = False) -> Served:
    """Return what a server serves.

    Args:
        weights: where its pods mount the storage of weights.
        read_only: whether models lie there by their names, and not where the server's pods put them.
        load: what a load client asks for.

    Raises:
        RepositoryError: a directory holds no model repository.
    """
    match serving:
        case TensorRtLlmEngine():
            return _engine(serving, load)
        case LlmApi():
            checkpoint = f"{weights}/{serving.model}" if read_only else checkpoint_directory(weights, serving.model)
            return _llmapi(serving, checkpoint, load)
        case ModelRepository(repository=told, gpus=gpus):
            if isinstance(told, Directory):
                return _directory(told)
            entry, mode, request, models = llama2(told, weights, gpus, load)
            return Served(entry=entry, mode=mode, request=request, repository=models)


def checkpoint_directory(weights: str, model: str) -> str:
    """Return where the files of a model of Hugging Face are."""
    return f"{weights}/checkpoints/{model}"


def _engine(serving: TensorRtLlmEngine, load: LoadClients) -> Served:
    batched = isinstance(serving.front, Ensemble)
    entry = ENSEMBLE_MODEL if batched else BLS_MODEL
    body = {"text_input": PROMPT, "max_tokens": load.max_tokens}
    return Served(
        entry=entry,
        mode="tensorrtllm" if batched else "synchronous",
        request=LoadRequest(f"/v2/models/{entry}/generate", body),
    )


def _llmapi(serving: LlmApi, checkpoint: str, load: LoadClients) -> Served:
    args = LlmApiArgs(
        model=checkpoint,
        backend="pytorch",
        tensor_parallel_size=serving.tensor_parallel,
        pipeline_parallel_size=serving.pipeline_parallel,
        max_batch_size=serving.max_batch_size,
        max_num_tokens=serving.max_num_tokens,
        max_seq_len=serving.max_model_len,
        kv_cache_config={"free_gpu_memory_fraction": serving.kv_cache_share},
        triton_config=TritonConfig(decoupled=True),
        extra_args=serving.extra_args,
    )
    config = ModelConfig(
        name=ENGINE_MODEL,
        backend="python",
        input=_LLMAPI_INPUTS,
        output=_LLMAPI_OUTPUTS,
        instance_group=(ModelInstanceGroup(kind="KIND_CPU", count=1),),
    )
    code = {name: External(source=f"{LLMAPI_CODE}/{name}") for name in ("model.py", "helpers.py")}
    models = gated(LLMAPI_ENTRY, llmapi_model(config, args, code), serving.front.instances)
    body = {"text_input": PROMPT, "sampling_param_max_tokens": load.max_tokens}
    return Served(
        entry=LLMAPI_ENTRY,
        mode="synchronous",
        request=LoadRequest(f"/v2/models/{LLMAPI_ENTRY}/generate", body),
        repository=Repository(models=models),
    )


def _directory(told: Directory) -> Served:
    folder = project.folder() / told.path
    repository = read(folder)
    if told.large_files:
        repository = moved_repository(repository, str(folder.resolve()), told.large_files)
    entry = repository.model(told.entry)
    request = LoadRequest(f"/v2/models/{told.entry}/{told.endpoint}", told.request)
    return Served(
        entry=told.entry,
        mode=_mode(repository, entry) if entry else "synchronous",
        request=request,
        repository=repository,
    )


def _mode(repository: Repository, model: Model) -> Mode:
    """Return how Triton runs a model; one that hands requests on to an engine is known by its backend or its policy."""
    if model.config.backend in ("vllm", "tensorrtllm"):
        return "vllm" if model.config.backend == "vllm" else "tensorrtllm"
    if is_decoupled(repository, model):
        return "decoupled"
    return "ensemble" if model.config.ensemble_scheduling else "synchronous"


def _optional(name: str, data_type: Any) -> ModelInput:
    return ModelInput(name=name, data_type=data_type, dims=(1,), optional=True)


_LLMAPI_INPUTS = (
    ModelInput(name="text_input", data_type="TYPE_STRING", dims=(-1,)),
    _optional("streaming", "TYPE_BOOL"),
    _optional("sampling_param_max_tokens", "TYPE_INT32"),
    _optional("sampling_param_temperature", "TYPE_FP32"),
    _optional("sampling_param_top_k", "TYPE_INT32"),
    _optional("sampling_param_top_p", "TYPE_FP32"),
    _optional("sampling_param_seed", "TYPE_UINT64"),
)
"""What NVIDIA's model takes, as far as it is offered here: those that are left out are optional to its code."""

_LLMAPI_OUTPUTS = (ModelOutput(name="text_output", data_type="TYPE_STRING", dims=(-1,)),)
