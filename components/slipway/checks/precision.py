"""Whether a GPU computes in the number formats that a replica's weights and KV cache are in.

Sources: docs.vllm.ai, "FP8 W8A8" (FP8 from compute capability 8.9 on, below it weights only, by Marlin) and vllm#26431
(an FP8 KV cache on 8.6: "type fp8e4nv not supported in this architecture"); nvidia.github.io/TensorRT-LLM, "Support
Matrix" (no FP8 on Ampere); the support matrix of NVIDIA's Transformer Engine (NVFP4 from 10.0 on); vLLM's own warning
that it uses Marlin, for weights only, on GPUs without FP4.
"""

from typing import NamedTuple

from slipway.catalog.machines import Chip
from slipway.checks import Finding
from slipway.checks.fit import Replica

Capability = tuple[int, int]


class Format(NamedTuple):
    """A number format and the first compute capability that computes in it."""

    name: str
    since: Capability


FORMATS = {"fp8": Format("FP8", (8, 9)), "nvfp4": Format("NVFP4", (10, 0))}


def precision_findings(path: str, replica: Replica, gpu: Chip) -> list[Finding]:
    """Judge the weights and the KV cache of a replica on a GPU.

    Args:
        path: where the server is in the stack file.
    """
    return [*_weights(path, replica, gpu), *_kv_cache(path, replica, gpu)]


def _weights(path: str, replica: Replica, gpu: Chip) -> list[Finding]:
    format_ = FORMATS.get(replica.served_dtype)
    if format_ is None or gpu.compute_capability >= format_.since:
        return []
    message = f"{replica.model.name} has {format_.name} weights, and {_lacks(gpu, format_)}"
    remedy = f"use a GPU of {_text(format_.since)} or newer, or a checkpoint in another format"
    if not replica.rules.unpacks:
        return [Finding("precision.weights", f"{path}.model", f"{message}, which {replica.rules.title} needs", remedy)]
    message += ": they are unpacked to 16 bits for each step, which saves memory but no time"
    return [Finding("precision.unpacked-weights", f"{path}.model", message, remedy, "warning")]


def _kv_cache(path: str, replica: Replica, gpu: Chip) -> list[Finding]:
    format_ = FORMATS["fp8"]
    if replica.kv_dtype != "fp8" or gpu.compute_capability >= format_.since:
        return []
    message = f"the KV cache is in FP8, and {_lacks(gpu, format_)}: the engine does not start"
    remedy = f"leave it in 16 bits, or use a GPU of {_text(format_.since)} or newer"
    return [Finding("precision.kv-cache", f"{path}.kvCacheDtype", message, remedy)]


def _lacks(gpu: Chip, format_: Format) -> str:
    return (
        f"{gpu.label} (compute capability {_text(gpu.compute_capability)}) does not compute in {format_.name}, which "
        f"begins at {_text(format_.since)}"
    )


def _text(capability: Capability) -> str:
    return f"{capability[0]}.{capability[1]}"
