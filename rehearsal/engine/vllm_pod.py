"""What a pod says of the vLLM that it would run, in its command line; nothing comes from the stack file."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.engines import VLLM
from catalog.engines.vllm.host import STREAM_FORMAT
from catalog.footprint import cold_start_seconds
from checks.fit import VLLM_MODULES, Replica, vllm_adapters
from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.continuous import batching_engine, exported, version_of
from rehearsal.engine.engine import NOTHING_AROUND, Engine, Parameter, Surroundings
from rehearsal.engine.hardware import chip
from rehearsal.engine.load_time import download_start_seconds, streamed_start_seconds, warm_start_seconds


def read(pod: Mapping[str, Any], around: Surroundings = NOTHING_AROUND) -> Engine[BatchingEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container starts a vLLM.

    Raises:
        UnknownModelError: the catalog has no such model.
        UnknownChipError: nothing says what the pod computes on.
    """
    started = ((each, _serve_arguments(each)) for each in pod["containers"])
    container, arguments = next(((each, words) for each, words in started if words is not None), (None, None))
    if container is None or arguments is None:
        return None
    flags = _parser().parse_known_args(arguments)[0]
    streamed, names = flags.load_format == STREAM_FORMAT, flags.served_model_name or [flags.model]
    # A prefix in S3 says nothing of the model; the pod's last name is then the model's own.
    served, device = around.model(names[-1] if streamed else flags.model), chip(pod, around.pools)
    on_gpus = device.kind == "gpu"
    lora = flags.max_loras, flags.max_lora_rank, flags.lora_target_modules
    replica = Replica(
        engine="vllm" if on_gpus else "vllm-tpu",
        model=served,
        memory_gib=device.memory_gib,
        chips=flags.tensor_parallel_size,
        memory_utilization=flags.gpu_memory_utilization,
        max_model_len=flags.max_model_len,
        max_num_seqs=flags.max_num_seqs,
        max_num_batched_tokens=flags.max_num_batched_tokens,
        tensor_parallel=flags.tensor_parallel_size,
        kv_dtype="fp8" if flags.kv_cache_dtype.startswith("fp8") else None,
        adapters=vllm_adapters(*lora) if flags.enable_lora and on_gpus else None,
    )
    cold = Parameter(
        "load time of the very first start (not played)", f"{cold_start_seconds(served)} s", "catalog/footprint.py"
    )
    start = (streamed_start_seconds if streamed else download_start_seconds) if on_gpus else warm_start_seconds
    return batching_engine(
        replica,
        device,
        served_name=names[0],
        port=flags.port,
        metrics_path=VLLM.metrics_path,
        health_path=VLLM.health_path,
        series=exported(VLLM.exports, version_of(container), arguments),
        labels={"engine": "0", "model_name": names[0]},
        load_seconds=start(served),
        more=() if on_gpus else (cold,),
    )


def _serve_arguments(container: Mapping[str, Any]) -> Sequence[str] | None:
    """Return what follows `vllm serve`, also where a shell starts it."""
    command: list[str] = [*container.get("command", ()), *container.get("args", ())]
    words = [word for part in command for word in (shlex.split(part) if "vllm serve" in part else [part])]
    places = [place for place in range(len(words) - 1) if words[place : place + 2] == ["vllm", "serve"]]
    return words[places[0] + 2 :] if places else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("model")
    parser.add_argument("--served-model-name", nargs="+")
    parser.add_argument("--load-format")
    parser.add_argument("--port", type=int, default=VLLM.port)
    parser.add_argument("--tensor-parallel-size", type=int, default=1)
    parser.add_argument("--max-model-len", type=int, required=True)
    parser.add_argument("--max-num-seqs", type=int)
    parser.add_argument("--max-num-batched-tokens", type=int)
    parser.add_argument("--gpu-memory-utilization", type=float, default=0.92)
    parser.add_argument("--kv-cache-dtype", default="auto")
    parser.add_argument("--enable-lora", action="store_true")
    parser.add_argument("--max-loras", type=int, default=1)
    parser.add_argument("--max-lora-rank", type=int, default=16)
    parser.add_argument("--lora-target-modules", nargs="+", choices=VLLM_MODULES)
    return parser
