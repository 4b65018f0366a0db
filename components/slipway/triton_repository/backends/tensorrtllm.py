"""The TensorRT-LLM backend in C++ (images up to 26.07): everything it is told is a parameter, and a string.

A parameter that it cannot read counts as left out, so NVIDIA's template works with blanks in all places but two: the
kind of batching, and the directory of an engine.
Source: the templates and the sources of tensorrtllm_backend (model_state.cc, model_instance_state.cc, utils.cc), and
TensorRT-LLM's documentation up to 1.2.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import ClassVar

from pydantic import ValidationError
from typing_extensions import override

from slipway.checks import Finding
from slipway.triton_repository.backends.backend import Backend
from slipway.triton_repository.backends.engine_arguments import invalid_findings
from slipway.triton_repository.backends.tensorrtllm_parameters import TensorRtLlmParameters
from slipway.triton_repository.model import Model
from slipway.triton_repository.pod import Pod

DEFAULT_KV_SHARE = 0.9
"""Share of the free memory that an engine takes for its KV cache if it is not told otherwise."""


class TensorRtLlmBackend(Backend):
    """The backend `tensorrtllm`."""

    runtimes: ClassVar = frozenset({"libtriton_tensorrtllm.so"})
    needs_gpu: ClassVar = True

    @override
    def free_memory_share(self, model: Model, pod: Pod) -> Iterator[tuple[int, float]]:
        parameters = model.config.parameters
        share = _number(parameters.get("kv_cache_free_gpu_mem_fraction", "")) or DEFAULT_KV_SHARE
        for gpu in gpu_indices(parameters.get("gpu_device_ids", "")) or range(pod.gpus):
            yield gpu, share

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        given, names = model.config.parameters, TensorRtLlmParameters.model_fields
        filled = {name: value for name, value in given.items() if value.strip() and "${" not in value}
        place = f"{place}.parameters"
        yield from _required_findings(given, filled, place)
        try:
            parameters = TensorRtLlmParameters.model_validate(
                {name: filled[name] for name in filled.keys() & names.keys()}
            )
        except ValidationError as error:
            yield from invalid_findings(TensorRtLlmParameters, error, place)
        else:
            yield from _device_findings(parameters, f"{place}.gpu_device_ids", pod)
        for name in given.keys() - names.keys():
            if close := get_close_matches(name, names, n=1, cutoff=0.85):
                message = "the backend has no such parameter"
                yield Finding("triton.tensorrtllm-parameter", f"{place}.{name}", message, f"write {close[0]}")


def _required_findings(given: Mapping[str, str], filled: Mapping[str, str], place: str) -> Iterator[Finding]:
    """Yield the parameters without which the backend does not load a model."""
    required = {"gpt_model_type": "inflight_fused_batching"}
    if "encoder_model_path" not in filled:
        required["gpt_model_path"] = "the directory of the engine"
    for name, value in required.items():
        if name not in filled:
            reason = (
                f"{given[name]!r} is a blank of the template that was not filled in" if name in given else "missing"
            )
            message = f"{reason}, and the backend does not load the model without it"
            yield Finding("triton.tensorrtllm-blank", f"{place}.{name}", message, f"write {value}")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _device_findings(parameters: TensorRtLlmParameters, place: str, pod: Pod) -> Iterator[Finding]:
    for device in gpu_indices(parameters.gpu_device_ids or ""):
        if device >= pod.gpus:
            message = f"GPU {device} of a pod that has {pod.gpus}"
            yield Finding("triton.tensorrtllm-gpu", place, message, f"write indices below {pod.gpus}")


def gpu_indices(gpu_device_ids: str) -> list[int]:
    """Return all GPUs that `gpu_device_ids` names."""
    return [int(index) for index in gpu_device_ids.replace(";", ",").split(",") if index.strip().isdecimal()]
