"""What a pod says of the `trtllm-serve` that it would run: its command line, and the options in its ConfigMap."""

import argparse
from collections.abc import Mapping
from typing import Any, cast

import yaml

from catalog.engines import TRTLLM_SERVE
from checks.fit import Replica
from checks.fit.replica import Draft
from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.continuous import batching_engine, exported, version_of
from rehearsal.engine.engine import NOTHING_AROUND, Engine, Parameter, Surroundings
from rehearsal.engine.hardware import chip, gpus
from rehearsal.engine.load_time import download_start_seconds

LABELS = {"model_name": "undefined", "engine_type": "undefined"}
"""What it writes on every series (tensorrt_llm/serve/openai_server.py)."""

SPEED_UPS: Mapping[str, float] = {
    "meta-llama/Llama-3.2-1B-Instruct": 181.74 / 51.14,
    "meta-llama/Llama-3.2-3B-Instruct": 161.53 / 51.14,
    "meta-llama/Llama-3.1-8B-Instruct": 134.38 / 51.14,
}
"""How many times as fast Llama 3.3 70B answers with a draft model, one request at a time (NVIDIA, "Boost Llama 3.3 70B
Inference Throughput 3x"). With several requests the gain is smaller, and nobody is known to have published how much."""


def read(pod: Mapping[str, Any], around: Surroundings = NOTHING_AROUND) -> Engine[BatchingEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container starts a `trtllm-serve`.

    Raises:
        UnknownModelError: the catalog has no such model.
        UnknownChipError: nothing says what the pod computes on.
    """
    container = next((each for each in pod["containers"] if each.get("command", [""])[0] == "trtllm-serve"), None)
    if container is None:
        return None
    flags = _parser().parse_known_args([*container["command"][1:], *container.get("args", ())])[0]
    options = cast("dict[str, Any]", yaml.safe_load(around.files(pod).get(flags.config or "", "")) or {})
    cache: Mapping[str, Any] = options.get("kv_cache_config", {})
    served, device = around.model(flags.model), chip(pod, around.pools)
    speculation: Mapping[str, Any] = options.get("speculative_config") or {}
    draft = str(speculation.get("speculative_model", ""))
    replica = Replica(
        engine="tensorrt-llm",
        model=served,
        memory_gib=device.memory_gib,
        chips=gpus(pod),
        memory_utilization=cache.get("free_gpu_memory_fraction", flags.kv_cache_free_gpu_memory_fraction),
        max_model_len=options.get("max_seq_len", flags.max_seq_len) or served.max_positions,
        max_num_seqs=options.get("max_batch_size", flags.max_batch_size),
        max_num_batched_tokens=options.get("max_num_tokens", flags.max_num_tokens),
        tensor_parallel=options.get("tensor_parallel_size", flags.tp_size),
        kv_dtype="fp8" if cache.get("dtype") == "fp8" else None,
        draft=Draft(model=around.model(draft)) if draft in SPEED_UPS else None,
    )
    speed_up = SPEED_UPS.get(draft, 1.0)
    switched_on = [name for name, value in options.items() if value is True]
    page = TRTLLM_SERVE.pages[-1]
    return batching_engine(
        replica,
        device,
        served_name="",
        port=flags.port,
        metrics_path=page.path,
        health_path=TRTLLM_SERVE.health_path,
        series=exported(TRTLLM_SERVE.exports, version_of(container), switched_on) if page.needs in switched_on else [],
        labels=LABELS,
        load_seconds=download_start_seconds(served),
        speed_up=speed_up,
        more=[Parameter("speculation", f"{speed_up:.2f} times as fast", "rehearsal/engine/trtllm_pod.py")],
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("model")
    parser.add_argument("--port", type=int, default=TRTLLM_SERVE.port)
    parser.add_argument("--config", "--extra_llm_api_options")
    parser.add_argument("--tp_size", type=int, default=1)
    parser.add_argument("--max_batch_size", type=int)
    parser.add_argument("--max_num_tokens", type=int)
    parser.add_argument("--max_seq_len", type=int)
    parser.add_argument("--kv_cache_free_gpu_memory_fraction", type=float, default=0.9)
    return parser
