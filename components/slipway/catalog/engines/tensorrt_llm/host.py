"""TensorRT-LLM: its images, and what a replica takes of its host.

`catalog.engines.triton.host` knows the containers that still build engines. The names of options are those of
tensorrt_llm/llmapi/llm_args.py in NVIDIA/TensorRT-LLM @00043967.
"""

from collections.abc import Iterable
from math import ceil

from slipway.catalog.architecture import Model
from slipway.catalog.engines.tensorrt_llm.series import ITERATIONS
from slipway.catalog.engines.triton.host import IMAGE as TRITON_IMAGE
from slipway.catalog.engines.triton.host import LAST_ENGINE_RELEASE, TENSORRT_LLM
from slipway.catalog.footprint import DOWNLOAD_BYTES_PER_SECOND, download_seconds
from slipway.catalog.units import GIB

IMAGE = "nvcr.io/nvidia/tensorrt-llm/release"

ENGINES_IMAGE = f"{TRITON_IMAGE}:{LAST_ENGINE_RELEASE}-trtllm-python-py3"
"""The container that builds and serves engines."""
ENGINES_VERSION = TENSORRT_LLM[LAST_ENGINE_RELEASE]
"""The release of TensorRT-LLM in it: no other release runs the engines that it builds."""

RETURN_PERF_METRICS = "return_perf_metrics"
"""The option with which there is a page for Prometheus."""
ITERATION_STATISTICS = ITERATIONS
"""The option with which the PyTorch backend counts what waits and how full the KV cache is."""

IMAGE_GIB = 40
"""Disk that an unpacked image takes, GiB: an upper estimate."""

MEMORY_GIB = 16
"""Main memory of the server, and of each process that has a GPU, beside files that the kernel keeps: a cautious guess.
"""

SHARED_MEMORY_GIB = 8
"""Size of /dev/shm, through which the processes of a replica exchange batches."""

LOAD_SECONDS = 30 * 60
"""Reading weights, tuning kernels and capturing CUDA graphs: a cautious guess."""

ENGINE_LOAD_SECONDS = 15 * 60
"""Reading two engines from a network disk: a cautious guess."""

STEP_BYTES_PER_SECOND = 25_000_000
"""What a step of building engines gets through of the model's 16-bit weights, with slow disks in mind: a guess by which
only time limits are set. The largest step is the quantisation, which reads and writes the model."""


def cold_start_seconds(models: Iterable[Model]) -> int:
    """Return the time until a replica answers that has to download these models first."""
    return download_seconds(*models) + LOAD_SECONDS


def engines_gib(target: Model, drafts: Iterable[Model]) -> int:
    """Return the disk for checkpoints, FP8 checkpoints and engines, GiB: the target's engine is there twice, since the
    benchmark compares with one that takes no drafts."""

    def quantised(model: Model) -> int:
        return model.weight_bytes_as("fp8")

    size = target.weight_bytes + 3 * quantised(target)
    size += sum(draft.weight_bytes + 2 * quantised(draft) for draft in drafts)
    return ceil(size * 1.1 / GIB)


def build_seconds(target: Model, drafts: Iterable[Model]) -> int:
    """Return the time after which building engines counts as failed, the download included."""
    size = sum(model.weight_bytes for model in (target, *drafts))
    return ceil(size / DOWNLOAD_BYTES_PER_SECOND + size / STEP_BYTES_PER_SECOND) + LOAD_SECONDS


def quantising_gpus(model: Model, gpu_memory_gib: float) -> int:
    """Return the fewest GPUs over which a model can be quantised: nine tenths of each take its 16-bit weights."""
    return ceil(model.weight_bytes / GIB / (0.9 * gpu_memory_gib))


def quantising_memory_gib(model: Model) -> int:
    """Return the main memory for quantising a model, GiB: the 16-bit weights once, and the process's own."""
    return ceil(model.weight_bytes / GIB) + MEMORY_GIB


def memory_gib(gpus: int) -> int:
    """Return the main memory of a server with so many GPUs, GiB."""
    return MEMORY_GIB * (1 + gpus)
