"""What pods say of their engines is what was judged of their servers: model, chips and limits."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from offline import Recording
from rehearsal import stack
from rehearsal.engine.engine import Surroundings
from rehearsal.stack import PlayedStack
from slipway.checks.fit import vllm_adapters
from slipway.checks.judged import JudgedServer

DEFAULTS: Mapping[str, Any] = {"memory_utilization": 0.92, "tensor_parallel": 1}


def limit(pod: Mapping[str, Any], resource: str) -> int:
    limits = (each.get("resources", {}).get("limits", {}) for each in pod["containers"])
    return sum(int(each.get(resource, 0)) for each in limits)


def words_of(container: Mapping[str, Any]) -> list[str]:
    command: list[str] = [*container.get("command", ()), *container.get("args", ())]
    return [word for part in command for word in (shlex.split(part) if "vllm serve" in part else [part])]


def flags(words: Sequence[str], **types: Any) -> dict[str, Any]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for name, type_ in types.items():
        parser.add_argument(f"--{name.replace('_', '-')}", f"--{name}", type=type_)
    return {key: value for key, value in vars(parser.parse_known_args(words)[0]).items() if value is not None}


def vllm(words: Sequence[str]) -> dict[str, Any]:
    said = flags(
        words,
        tensor_parallel_size=int,
        max_model_len=int,
        max_num_seqs=int,
        max_num_batched_tokens=int,
        gpu_memory_utilization=float,
        kv_cache_dtype=str,
        max_loras=int,
        max_lora_rank=int,
    )
    renamed = {"tensor_parallel_size": "tensor_parallel", "gpu_memory_utilization": "memory_utilization"}
    found = {renamed.get(key, key): value for key, value in said.items() if not key.startswith(("kv_", "max_lora"))}
    if "kv_cache_dtype" in said:
        found["kv_dtype"] = "fp8" if said["kv_cache_dtype"].startswith("fp8") else None
    if "--enable-lora" in words:
        found["adapters"] = vllm_adapters(said["max_loras"], said["max_lora_rank"], None)
    return {**found, "model": words[words.index("serve") + 1]}


def sglang(words: Sequence[str]) -> dict[str, Any]:
    keys = {
        "model_path": "model",
        "tp_size": "tensor_parallel",
        "context_length": "max_model_len",
        "max_running_requests": "max_num_seqs",
        "chunked_prefill_size": "max_num_batched_tokens",
        "mem_fraction_static": "memory_utilization",
    }
    found = flags(words, **{key: str if key == "model_path" else float for key in keys})
    return {keys[key]: value for key, value in found.items()}


def trtllm(words: Sequence[str], files: Mapping[str, str]) -> dict[str, Any]:
    said = flags(words, config=str, tp_size=int)
    options: Mapping[str, Any] = yaml.safe_load(files.get(said.get("config", ""), "")) or {}
    cache: Mapping[str, Any] = options.get("kv_cache_config", {})
    keys = {
        "max_seq_len": "max_model_len",
        "max_batch_size": "max_num_seqs",
        "max_num_tokens": "max_num_batched_tokens",
    }
    found = {mine: options[theirs] for theirs, mine in keys.items() if theirs in options}
    return {
        **found,
        "model": words[1],
        "tensor_parallel": options.get("tensor_parallel_size", said.get("tp_size", 1)),
        "memory_utilization": cache.get("free_gpu_memory_fraction", 0.9),
        "kv_dtype": "fp8" if cache.get("dtype") == "fp8" else None,
    }


def said(pod: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """Return what a pod's `spec` says of its replica; nothing of a Triton, which its model repository describes."""
    for container in pod["containers"]:
        words = words_of(container)
        if "vllm" in words and "serve" in words:
            return vllm(words)
        if "sglang.launch_server" in words:
            return sglang(words)
        if words[:1] == ["trtllm-serve"]:
            return trtllm(words, around.files(pod))
        if "/nim/" in container["image"]:
            env = {each["name"]: each.get("value", "") for each in container.get("env", ())}
            return {"max_model_len": int(env["NIM_MAX_MODEL_LEN"])}
    return {}


def test_pods_say_what_was_judged(recording: Recording) -> None:
    played: PlayedStack = stack.read(recording)
    for server in played.servers:
        template = server.workload["spec"]["template"]
        around, judged = played.around(template), recording.judged.servers[server.name]
        assert around
        pod: Mapping[str, Any] = template["spec"]
        assert sum(limit(pod, resource) for resource in around.resources) == devices(judged)
        found = said(pod, around)
        named = found.pop("model", "")
        if "://" not in named:
            assert recording.judged.models.get(named, around.replica.model) == around.replica.model
        assert replace(around.replica, **found) == around.replica, server.name


def devices(judged: JudgedServer) -> int:
    assert judged.replica
    return judged.replica.chips
