"""What a Triton server takes of its node and of its GPUs, by what it serves."""

from math import ceil

from slipway.catalog.architecture import Model
from slipway.catalog.drivers import TritonVariant
from slipway.catalog.engines.triton.host import (
    LOAD_SECONDS,
    MEMORY_GIB,
    PROCESS_MEMORY_GIB,
    build_memory_gib,
    build_seconds,
    checkpoint_gib,
    download_seconds,
    engine_gib,
)
from slipway.catalog.machines import Machine
from slipway.checks.fit import Replica
from slipway.servers.server import Models
from slipway.serving.triton.command import Dtype
from slipway.serving.triton.llama2 import INSTANCES, MEMORY_UTILIZATION, needs_onnx
from slipway.serving.triton.settings import (
    Gate,
    Llama2,
    LlmApi,
    ModelRepository,
    Serving,
    TensorRtLlmEngine,
)
from slipway.triton_repository.llama2 import MAX_BATCH_SIZE

MIB_PER_GIB = 1024

MODEL_DISK_GIB = 2
"""Disk for the models of a directory beside what their image brings."""


def llama2_of(serving: Serving) -> Llama2 | None:
    """Return the variant of Llama 2 that is served, if one is."""
    if isinstance(serving, ModelRepository) and isinstance(serving.repository, Llama2):
        return serving.repository
    return None


def model_name(serving: Serving) -> str | None:
    """Return the name of the model on Hugging Face; None where the models are one's own."""
    if not isinstance(serving, ModelRepository):
        return serving.model
    llama = llama2_of(serving)
    return llama.model if llama else None


def reads_folders(serving: Serving) -> bool:
    """Return whether it is served from files as they are: from a checkpoint, or a directory of one's own."""
    return isinstance(serving, LlmApi) or (isinstance(serving, ModelRepository) and llama2_of(serving) is None)


def longest_request(serving: Serving) -> int | None:
    """Return the most tokens of a request; None where the models are one's own."""
    llama = llama2_of(serving)
    if isinstance(serving, ModelRepository):
        return llama.max_model_len if llama else None
    return serving.max_model_len


def answers_tokens(serving: Serving) -> bool:
    """Return whether clients are answered with as many tokens as they ask for."""
    llama = llama2_of(serving)
    return not isinstance(serving, ModelRepository) or (llama is not None and not llama.answers_scores)


def model_path(serving: Serving) -> str:
    """Return where in a server's settings the model is named."""
    return "serving.repository" if isinstance(serving, ModelRepository) else "serving"


def known_model(serving: Serving, models: Models) -> Model | None:
    """Return the model, where there is one and the catalog has it."""
    return models.get(model_name(serving) or "")


def dtype(model: Model | None) -> Dtype:
    """Return what an engine of a model calculates in."""
    return "bfloat16" if model and model.dtype == "bfloat16" else "float16"


def variant(serving: Serving) -> TritonVariant:
    """Return the variant of NVIDIA's image that brings the backends, or that an image of one's own is made from."""
    if not isinstance(serving, ModelRepository):
        return "trtllm-python-py3"
    return "vllm-python-py3" if llama2_of(serving) else "py3"


def memory_gib(serving: Serving, models: Models) -> int:
    """Return the main memory that a pod needs, GiB: that of making what it serves where that is more."""
    model = known_model(serving, models)
    cache_mib = (serving.flags.response_cache_mib or 0) if isinstance(serving, ModelRepository) else 0
    served = ceil(MEMORY_GIB + PROCESS_MEMORY_GIB * _processes(serving) + cache_mib / MIB_PER_GIB)
    return max(served, build_memory_gib(model)) if model and _is_made(serving) else served


def disk_gib(serving: Serving, models: Models) -> int:
    """Return the disk of the node that a pod's files take, GiB; of an unknown model, without its part."""
    model = known_model(serving, models)
    if model is None:
        return MODEL_DISK_GIB
    return engine_gib(model) if _is_made(serving) else checkpoint_gib(model)


def startup_seconds(serving: Serving, models: Models) -> int:
    """Return how long a replica takes at most that downloads its model and makes of it what it serves."""
    model = known_model(serving, models)
    if model is None:
        return LOAD_SECONDS
    return LOAD_SECONDS + download_seconds(model) + (build_seconds(model) if _is_made(serving) else 0)


def replica(serving: Serving, models: Models, machine: Machine) -> Replica | None:
    """Return what the memory check asks; None where the catalog does not know the model."""
    model = known_model(serving, models)
    if model is None:
        return None
    if not isinstance(serving, ModelRepository):
        return Replica(
            engine="tensorrt-llm",
            model=model,
            memory_gib=machine.chip.memory_gib,
            chips=serving.gpus,
            memory_utilization=serving.kv_cache_share,
            max_model_len=serving.max_model_len,
            max_num_seqs=serving.max_batch_size,
            max_num_batched_tokens=serving.max_num_tokens,
            tensor_parallel=serving.tensor_parallel,
            pipeline_parallel=serving.pipeline_parallel,
            requests_key="maxBatchSize",
            tokens_key="maxNumTokens",
        )
    llama = llama2_of(serving)
    return _llama2_replica(llama, serving.gpus, model, machine) if llama else None


def _llama2_replica(llama: Llama2, gpus: int, model: Model, machine: Machine) -> Replica:
    if llama.variant == "vllm":
        return Replica(
            engine="vllm",
            model=model,
            memory_gib=machine.chip.memory_gib,
            chips=gpus,
            memory_utilization=MEMORY_UTILIZATION,
            max_model_len=llama.max_model_len,
            tensor_parallel=gpus,
        )
    return Replica(
        engine="triton-python",
        model=model,
        memory_gib=machine.chip.memory_gib,
        chips=gpus,
        memory_utilization=1,
        max_model_len=llama.max_model_len,
        max_num_seqs=MAX_BATCH_SIZE,
        weight_dtype="int8" if llama.variant == "python-8-bit" else "float16",
        instances=INSTANCES.get(llama.variant, 1),
    )


def _is_made(serving: Serving) -> bool:
    """Return whether what is served is made of the downloaded model: an engine, or an ONNX file."""
    llama = llama2_of(serving)
    return isinstance(serving, TensorRtLlmEngine) or (llama is not None and needs_onnx(llama))


def _processes(serving: Serving) -> int:
    """Return the Python processes of a pod: models around an engine, gates, instances."""
    if isinstance(serving, TensorRtLlmEngine):
        return 2 + (serving.front.instances if isinstance(serving.front, Gate) else 0)
    if isinstance(serving, LlmApi):
        return serving.gpus + serving.front.instances
    llama = llama2_of(serving)
    gates = MAX_BATCH_SIZE if llama and llama.variant == "vllm" else 0
    return gates + 2 * serving.gpus
