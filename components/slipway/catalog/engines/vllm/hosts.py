"""What vLLM is, and takes of its host, on each kind of chip."""

from collections.abc import Mapping

from slipway.catalog.engines.host import EngineHost
from slipway.catalog.engines.vllm.host import CACHE_VARIABLE, IMAGE_GIB, LOAD_SECONDS, MEMORY_GIB, SHARED_MEMORY_GIB
from slipway.catalog.footprint import (
    COMPILE_CACHE_VARIABLE,
    RUNTIME_MEMORY_GIB,
    XLA_COMPILE_SECONDS,
)
from slipway.catalog.footprint import SHARED_MEMORY_GIB as TPU_SHARED_MEMORY_GIB
from slipway.catalog.versions import VLLM_GPU, VLLM_TPU

HOSTS: Mapping[str, EngineHost] = {
    "gpu": EngineHost(
        image="vllm/vllm-openai",
        tag=VLLM_GPU,
        image_gib=IMAGE_GIB,
        memory_gib=MEMORY_GIB,
        shared_memory_gib=SHARED_MEMORY_GIB,
        cache_variable=CACHE_VARIABLE,
        load_seconds=LOAD_SECONDS,
    ),
    "tpu": EngineHost(
        image="vllm/vllm-tpu",
        tag=VLLM_TPU,
        image_gib=IMAGE_GIB,
        memory_gib=RUNTIME_MEMORY_GIB,
        shared_memory_gib=TPU_SHARED_MEMORY_GIB,
        cache_variable=COMPILE_CACHE_VARIABLE,
        load_seconds=XLA_COMPILE_SECONDS,
        # libtpu would fill the disk with files of its own; what it says on stderr stays (marin-community/marin#2078).
        environment={"TPU_LOG_DIR": "disabled"},
    ),
}
"""By kind of chip."""
