"""What a pod says of the Triton that it would run: the commands that make its model repository, and the files in it.

Two kinds of models are known: a Python model that answers whole prompts itself, and the gate (`tensorrt_llm_bls`) in
front of an engine of TensorRT-LLM. Of ensembles, decoupled models and other backends nothing is played.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rehearsal.engine.continuous import exported, version_of
from rehearsal.engine.engine import Engine, Parameter, Shown, Surroundings
from rehearsal.engine.instances import InstanceEngine, InstanceLimits
from rehearsal.engine.load_time import download_start_seconds
from rehearsal.engine.step_time import measured, step_seconds
from rehearsal.triton import pace
from rehearsal.triton.repository import instances
from slipway.catalog.engines import TRITON
from slipway.catalog.engines.triton.host import HTTP_PORT, LIVE_PATH
from slipway.serving.recording_rules import QUEUE_COMPUTE_RATIO
from slipway.triton_repository import parse

GATE = "tensorrt_llm_bls"
MICROSECONDS = 1e6

READINGS: Mapping[str, Callable[[InstanceEngine], float]] = {
    "nv_inference_pending_request_count": lambda replica: replica.waiting,
    "nv_inference_request_success": lambda replica: replica.finished,
    "nv_inference_count": lambda replica: replica.finished,
    "nv_inference_exec_count": lambda replica: replica.executions,
    "nv_inference_queue_duration_us": lambda replica: replica.queue_seconds * MICROSECONDS,
    "nv_inference_compute_infer_duration_us": lambda replica: replica.compute_seconds * MICROSECONDS,
    "nv_inference_request_duration_us": lambda replica: (
        (replica.queue_seconds + replica.compute_seconds) * MICROSECONDS
    ),
}
"""How series are read off the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """A model of a repository.

    Attributes:
        name: what requests call it.
        instances: executions at once.
        batch: most requests of one execution.
        answer: tokens of each answer of a Python model; 0 for a gate, where a request says.
        max_tokens: most tokens of a request.
    """

    name: str
    instances: int
    batch: int
    answer: int
    max_tokens: int


def read(pod: Mapping[str, Any], around: Surroundings) -> Engine[InstanceEngine] | None:
    """Return the engine of a pod from its `spec`; None if no container starts a Triton whose models are known."""
    container = next((each for each in pod["containers"] if "tritonserver" in each.get("command", ())), None)
    found = _gate(pod, around) or _python(around.files(pod), around.replica.chips) if container else None
    if container is None or found is None:
        return None
    device, load_seconds = around.chip, download_start_seconds(around.replica.model)
    series = exported(TRITON.exports, version_of(container), container["command"])
    limits = InstanceLimits(instances=found.instances, batch=found.batch, seconds=partial(_seconds, found, around))
    return Engine(
        served_name=found.name,
        port=HTTP_PORT,
        metrics_port=TRITON.port,
        metrics_path=TRITON.metrics_path,
        health_path=TRITON.health_path,
        live_path=LIVE_PATH,
        max_tokens=found.max_tokens,
        slots=found.instances * found.batch,
        load_seconds=load_seconds,
        start=partial(InstanceEngine, limits),
        values=[(each, READINGS[each.name]) for each in series if each.name in READINGS],
        labels={"model": found.name, "version": "1"},
        recorded={QUEUE_COMPUTE_RATIO.name: lambda replica: replica.recent_ratio},
        shown=Shown(waiting="nv_inference_pending_request_count"),
        parameters=(
            Parameter("instances", str(found.instances), f"the configuration of model {found.name}"),
            Parameter("requests of an execution", str(found.batch), f"the configuration of model {found.name}"),
            Parameter(
                "duration of an execution alone",
                f"{limits.seconds(1, 1, 10, found.answer or 100):.1f} s for {found.answer or 100} tokens",
                pace.SOURCE if found.answer else f"roofline of {device.name}, fitted to {measured(device).text}",
            ),
            Parameter("load time", f"{load_seconds} s", "rehearsal/engine/load_time.py"),
        ),
        is_real=found.answer > 0,
    )


def _seconds(found: _Served, around: Surroundings, requests: int, executions: int, prompt: int, answer: int) -> float:
    """Return the duration of an execution: a step for its prompts, and one for each token of its answers."""
    served, device = around.replica.model, around.chip
    if found.answer:
        steps = pace.step_seconds(served, device, instances=found.instances, largest_batch=found.batch)
        return found.answer * steps[requests - 1]
    step = step_seconds(served, device, around.replica.chips)
    return step(requests * prompt) + answer * step(executions)


def _gate(pod: Mapping[str, Any], around: Surroundings) -> _Served | None:
    """Return the gate in front of an engine, from the command that puts the repository together."""
    for container in pod.get("initContainers", ()):
        words: Sequence[str] = container.get("command", ())
        if not any(word.endswith("engine_repository.py") for word in words):
            continue
        told = _parser().parse_known_args(list(words))[0]
        if GATE not in told.models:
            return None
        instances = int(told.values["bls_instance_count"])
        return _Served(
            name=GATE,
            instances=min(instances, around.replica.sequences),
            batch=1,
            answer=0,
            max_tokens=around.replica.max_model_len,
        )
    return None


def _python(files: Mapping[str, str], gpus: int) -> _Served | None:
    """Return the one Python model of a repository that answers whole prompts, from its configuration."""
    configs = [parse(text) for path, text in files.items() if path.endswith("/config.pbtxt")]
    if len(configs) != 1 or configs[0].backend != "python":
        return None
    [config] = configs
    told = config.parameters
    if not {"max_answer", "max_prompt"} <= told.keys():
        return None
    return _Served(
        name=config.name,
        instances=instances(config, gpus),
        batch=max(config.max_batch_size, 1) if config.dynamic_batching else 1,
        answer=int(told["max_answer"]),
        max_tokens=int(told["max_answer"]) + int(told["max_prompt"]),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--models", nargs="+", required=True)
    parser.add_argument("--values", type=json.loads, required=True)
    return parser
