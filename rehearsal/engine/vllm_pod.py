"""What a pod says of the vLLM that it would run.

Read are its command line and its node selector, as a kubelet and a scheduler would; nothing comes from the stack file.
Only TPUs are known so far.
"""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.accelerators import TPU_MACHINES, TpuGeneration
from catalog.engines import VLLM
from catalog.footprint import cold_start_seconds
from catalog.models import model
from checks.fit import Replica, fit
from checks.fit.kv_layout import kv_layout
from rehearsal.engine.load_time import warm_start_seconds
from rehearsal.engine.requests import Limits
from rehearsal.engine.step_time import GKE_TUTORIAL, step_seconds

ACCELERATOR_LABEL = "cloud.google.com/gke-tpu-accelerator"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the model and where it comes from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vllm:
    """One replica's engine.

    Attributes:
        served_name: what requests must call the model.
        port: where it listens.
        max_model_len: most tokens of a request.
        limits: what its scheduler goes by.
        load_seconds: from the start of its container until it answers, with a filled bucket.
        cold_seconds: the same with an empty one.
        parameters: all of this for people, each with its source.
    """

    served_name: str
    port: int
    max_model_len: int
    limits: Limits
    load_seconds: int
    cold_seconds: int
    parameters: tuple[Parameter, ...]


def read(pod: Mapping[str, Any]) -> Vllm | None:
    """Return the engine of a pod from its `spec`; None if no container starts one.

    Raises:
        UnknownModelError: the catalog has no such model.
    """
    arguments = next(filter(None, map(_serve_arguments, pod["containers"])), None)
    if arguments is None:
        return None
    flags = _parser().parse_known_args(arguments)[0]
    served = model(flags.model)
    generation = _generation(pod)
    replica = Replica(
        engine="vllm-tpu",
        model=served,
        memory_gib=generation.hbm_gib,
        chips=flags.tensor_parallel_size,
        memory_utilization=flags.gpu_memory_utilization,
        max_model_len=flags.max_model_len,
        max_num_seqs=flags.max_num_seqs,
        max_num_batched_tokens=flags.max_num_batched_tokens,
        tensor_parallel=flags.tensor_parallel_size,
    )
    tokens = fit(replica, "").memory.tokens
    block = kv_layout(replica, served, tensor_parallel=replica.tensor_parallel, pipeline_parallel=1).page
    limits = Limits(
        slots=replica.sequences,
        step_tokens=replica.batched_tokens,
        blocks=tokens // block,
        block_tokens=block,
        step_seconds=step_seconds(served, generation.name, replica.chips),
    )
    load, cold = warm_start_seconds(served), cold_start_seconds(served)
    full = limits.slots / limits.step_seconds(limits.slots)
    return Vllm(
        served_name=flags.served_model_name or flags.model,
        port=flags.port,
        max_model_len=flags.max_model_len,
        limits=limits,
        load_seconds=load,
        cold_seconds=cold,
        parameters=(
            Parameter("requests in a batch", str(limits.slots), "--max-num-seqs of the pod"),
            Parameter("tokens of a step", str(limits.step_tokens), "--max-num-batched-tokens of the pod"),
            Parameter("KV cache", f"{tokens} tokens in blocks of {block}", "checks.fit, from the catalog and the pod"),
            Parameter(
                "throughput of a full batch",
                f"{full:.0f} tokens/s",
                f"roofline of {replica.chips} {generation.name} chips, fitted to {GKE_TUTORIAL.tokens_per_second:.0f} "
                f"tokens/s of {GKE_TUTORIAL.model} in Google's tutorial",
            ),
            Parameter("load time, weights and programs in the bucket", f"{load} s", "rehearsal/engine/load_time.py"),
            Parameter("load time of the very first start (not played)", f"{cold} s", "catalog/footprint.py"),
        ),
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
    parser.add_argument("--served-model-name")
    parser.add_argument("--port", type=int, default=VLLM.port)
    parser.add_argument("--tensor-parallel-size", type=int, default=1)
    parser.add_argument("--max-model-len", type=int, required=True)
    parser.add_argument("--max-num-seqs", type=int)
    parser.add_argument("--max-num-batched-tokens", type=int)
    parser.add_argument("--gpu-memory-utilization", type=float, default=0.92)
    return parser


def _generation(pod: Mapping[str, Any]) -> TpuGeneration:
    label = pod["nodeSelector"][ACCELERATOR_LABEL]
    return next(machine.generation for machine in TPU_MACHINES.values() if machine.generation.accelerator == label)
