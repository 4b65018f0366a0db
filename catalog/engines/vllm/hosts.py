"""What vLLM is, and takes of its host, on each kind of chip."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil

from catalog.architecture import Model
from catalog.engines.vllm.host import CACHE_VARIABLE, IMAGE_GIB, LOAD_SECONDS, MEMORY_GIB, SHARED_MEMORY_GIB
from catalog.footprint import (
    COMPILE_CACHE_VARIABLE,
    DOWNLOAD_BYTES_PER_SECOND,
    RUNTIME_MEMORY_GIB,
    XLA_COMPILE_SECONDS,
)
from catalog.footprint import SHARED_MEMORY_GIB as TPU_SHARED_MEMORY_GIB
from catalog.versions import VLLM_GPU, VLLM_TPU


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmHost:
    """vLLM on one kind of chip.

    Attributes:
        image: its name on Docker Hub.
        tag: the pinned one.
        image_gib: disk that the unpacked image takes, GiB.
        memory_gib: main memory of the server and its workers, GiB.
        shared_memory_gib: size of `/dev/shm`, GiB.
        cache_variable: names the folder of compiled programs.
        load_seconds: from files at hand until a replica answers, with nothing compiled.
        environment: what the library of the chips reads, by variable.
    """

    image: str
    tag: str
    image_gib: int
    memory_gib: int
    shared_memory_gib: int
    cache_variable: str
    load_seconds: int
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def cold_start_seconds(self, model: Model) -> int:
        """Return the time until a replica answers that has neither weights nor compiled programs at hand."""
        return ceil(model.weight_bytes / DOWNLOAD_BYTES_PER_SECOND) + self.load_seconds


HOSTS: Mapping[str, VllmHost] = {
    "gpu": VllmHost(
        image="vllm/vllm-openai",
        tag=VLLM_GPU,
        image_gib=IMAGE_GIB,
        memory_gib=MEMORY_GIB,
        shared_memory_gib=SHARED_MEMORY_GIB,
        cache_variable=CACHE_VARIABLE,
        load_seconds=LOAD_SECONDS,
    ),
    "tpu": VllmHost(
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
