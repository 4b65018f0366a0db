"""The command lines in the pods of a Triton server, as plain data: importing it loads no cloud SDK."""

import json
from collections.abc import Sequence
from typing import Literal

from slipway.catalog.engines.triton.host import ENGINE_TEMPLATES, GRPC_PORT, HTTP_PORT
from slipway.serving.triton.llama2 import needs_onnx
from slipway.serving.triton.served import BLS_MODEL, ENGINE_MODEL, ENSEMBLE_MODEL
from slipway.serving.triton.settings import (
    Directory,
    Gate,
    LlmApi,
    ModelRepository,
    ServerFlags,
    TensorRtLlmEngine,
    TritonArgs,
)
from slipway.triton_repository import TensorRtLlmParameters
from slipway.triton_repository.llama2 import ONNX_FILE

SCRIPTS = "/scripts"
FILES = "/files"
REPOSITORY = "/repository"
"""Where a pod mounts the scripts and the stack's files, and where its model repository is put together."""

Dtype = Literal["float16", "bfloat16"]


def serve(args: TritonArgs) -> list[str]:
    """Return what runs the server: one process, or with an engine in several parts one for each GPU."""
    first = ["tritonserver", f"--model-repository={REPOSITORY}"]
    if drains_by_itself(args):
        first.append(f"--exit-timeout-secs={args.drain_seconds}")
    if isinstance(args.serving, ModelRepository):
        first += _flags(args.serving.flags)
    first += args.extra_args
    ranks = _ranks(args)
    if ranks == 1:
        return first
    command = ["mpirun", "--allow-run-as-root", "-n", "1", *first, "--disable-auto-complete-config", _region(0)]
    for rank in range(1, ranks):
        command += [":", "-n", "1", *_worker(rank)]
    return command


def drains_by_itself(args: TritonArgs) -> bool:
    """Return whether SIGTERM lets the server finish its requests: `mpirun` kills what it has started soon after."""
    return _ranks(args) == 1


def prepare_weights(args: TritonArgs, weights: str, dtype: Dtype) -> list[str]:
    """Return what downloads a model and makes of it what is served; empty where a pod brings everything."""
    match args.serving:
        case TensorRtLlmEngine() as told:
            return ["python3", f"{SCRIPTS}/build_engine.py", *_engine(told, weights, dtype)]
        case LlmApi(model=model):
            return _download("checkpoint.py", weights, model)
        case ModelRepository(repository=told):
            if isinstance(told, Directory):
                return []
            if needs_onnx(told):
                return [*_download("export_onnx.py", weights, told.model), f"--file={ONNX_FILE}"]
            return _download("checkpoint.py", weights, told.model)


def prepare_repository(args: TritonArgs, weights: str, dtype: Dtype, links: dict[str, str]) -> list[str]:
    """Return what puts the model repository together.

    Args:
        links: paths in the container by the paths in the repository that lead there.
    """
    if not isinstance(args.serving, TensorRtLlmEngine):
        where = [f"--files={FILES}", f"--repository={REPOSITORY}", f"--links={json.dumps(links)}"]
        return ["python3", f"{SCRIPTS}/repository.py", *where]
    told = args.serving
    front = BLS_MODEL if isinstance(told.front, Gate) else ENSEMBLE_MODEL
    return [
        "python3",
        f"{SCRIPTS}/engine_repository.py",
        *_engine(told, weights, dtype),
        f"--templates={ENGINE_TEMPLATES}",
        f"--repository={REPOSITORY}",
        f"--values={json.dumps(_blanks(told))}",
        *(["--behind", BLS_MODEL] if front == BLS_MODEL else []),
        "--models",
        front,
        "preprocessing",
        "postprocessing",
        ENGINE_MODEL,
    ]


def _ranks(args: TritonArgs) -> int:
    """Return the processes of a server."""
    return args.serving.gpus if isinstance(args.serving, TensorRtLlmEngine) else 1


def _flags(flags: ServerFlags) -> list[str]:
    given: list[str] = []
    if flags.load_models:
        given += ["--model-control-mode=explicit", *(f"--load-model={model}" for model in flags.load_models)]
    if flags.rate_limit:
        given.append("--rate-limit=execution_count")
    if flags.response_cache_mib:
        given.append(f"--cache-config=local,size={flags.response_cache_mib * 1024 * 1024}")
    if flags.log_verbose:
        given.append(f"--log-verbose={flags.log_verbose}")
    return given


def _worker(rank: int) -> list[str]:
    """Return the server of another GPU: it runs its part of the engine, and nobody asks it."""
    return [
        "tritonserver",
        f"--id=rank{rank}",
        f"--model-repository={REPOSITORY}",
        f"--http-port={HTTP_PORT + 10 * rank}",
        f"--grpc-port={GRPC_PORT + 10 * rank}",
        "--allow-http=false",
        "--allow-grpc=false",
        "--allow-metrics=false",
        "--model-control-mode=explicit",
        f"--load-model={ENGINE_MODEL}",
        "--disable-auto-complete-config",
        _region(rank),
    ]


def _region(rank: int) -> str:
    """Return the flag that keeps the shared memory of one server in a pod apart from that of the others."""
    return f"--backend-config=python,shm-region-prefix-name=rank{rank}_"


def _download(script: str, weights: str, model: str) -> list[str]:
    return ["python3", f"{SCRIPTS}/{script}", f"--weights={weights}", f"--model={model}"]


def _engine(told: TensorRtLlmEngine, weights: str, dtype: Dtype) -> Sequence[str]:
    return (
        f"--weights={weights}",
        f"--model={told.model}",
        f"--dtype={dtype}",
        f"--tensor-parallel={told.tensor_parallel}",
        f"--pipeline-parallel={told.pipeline_parallel}",
        f"--max-batch-size={told.max_batch_size}",
        f"--max-num-tokens={told.max_num_tokens}",
        f"--max-seq-len={told.max_model_len}",
    )


def _blanks(told: TensorRtLlmEngine) -> dict[str, str]:
    """Return what fills the blanks of NVIDIA's templates; the paths of engine and tokenizer are known in the pod."""
    typed = TensorRtLlmParameters(
        gpt_model_path="filled in by the pod",
        gpt_model_type="inflight_fused_batching",
        max_beam_width=1,
        kv_cache_free_gpu_mem_fraction=told.kv_cache_share,
    ).parameters()
    return {
        "triton_backend": "tensorrtllm",
        "triton_max_batch_size": str(told.max_batch_size),
        "decoupled_mode": "true",
        "batching_strategy": typed["gpt_model_type"],
        "max_beam_width": typed["max_beam_width"],
        "kv_cache_free_gpu_mem_fraction": typed["kv_cache_free_gpu_mem_fraction"],
        "max_queue_delay_microseconds": "0",
        "max_queue_size": "0",
        "logits_datatype": "TYPE_FP32",
        "encoder_input_features_data_type": "TYPE_FP16",
        "prompt_embedding_table_data_type": "TYPE_FP16",
        "exclude_input_in_output": "true",
        "preprocessing_instance_count": "1",
        "postprocessing_instance_count": "1",
        "skip_special_tokens": "true",
        "add_special_tokens": "true",
        "accumulate_tokens": "false",
        "tensorrt_llm_model_name": ENGINE_MODEL,
        "bls_instance_count": str(told.front.instances if isinstance(told.front, Gate) else 1),
    }
