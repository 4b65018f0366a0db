"""What vLLM is, and takes of its host, on each kind of chip."""

from collections.abc import Mapping

from slipway.catalog.engines.host import EngineHost
from slipway.catalog.engines.vllm.host import LOAD_SECONDS
from slipway.catalog.footprint import XLA_COMPILE_SECONDS
from slipway.catalog.versions import VLLM_GPU, VLLM_TPU

HOSTS: Mapping[str, EngineHost] = {
    "gpu": EngineHost(
        image="vllm/vllm-openai",
        tag=VLLM_GPU,
        image_gib=25,
        memory_gib=16,
        shared_memory_gib=8,
        cache_variable="VLLM_CACHE_ROOT",
        load_seconds=LOAD_SECONDS,
    ),
    "tpu": EngineHost(
        image="vllm/vllm-tpu",
        tag=VLLM_TPU,
        image_gib=25,
        memory_gib=32,
        shared_memory_gib=16,
        cache_variable="VLLM_XLA_CACHE_PATH",
        load_seconds=XLA_COMPILE_SECONDS,
        # libtpu would fill the disk with files of its own; what it says on stderr stays (marin-community/marin#2078).
        environment={"TPU_LOG_DIR": "disabled"},
    ),
}
"""By kind of chip. Disk and memory are cautious guesses; the workers of a replica exchange batches in shared memory."""
