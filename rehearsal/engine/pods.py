"""The engines that a rehearsal plays, each by the module that reads it off a pod."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rehearsal.engine import nim_pod, sglang_pod, triton_pod, trtllm_pod, vllm_pod
from rehearsal.engine.engine import AnyEngine, Surroundings
from rehearsal.engine.hardware import lacking

READERS = (vllm_pod.read, sglang_pod.read, nim_pod.read, trtllm_pod.read, triton_pod.read)
"""Each returns the engine of a pod's `spec`, or None if the pod runs another one."""

NAMES = "vLLM, SGLang, NIM, trtllm-serve, nor a Triton whose models it knows"
"""What they are called, for people."""


def read(pod: Mapping[str, Any], around: Surroundings) -> AnyEngine | None:
    """Return the engine of a pod from its `spec`; None if it runs none of those that are played."""
    found = next((engine for reader in READERS if (engine := reader(pod, around))), None)
    return found and replace(found, obstacle=lacking(pod, found.chips, around))
