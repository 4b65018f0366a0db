"""vLLM on GPUs: its image, and what a replica takes of its host.

`catalog.engines.vllm` knows the series. Sources of the rest: docs.vllm.ai (environment variables, deployment with
Docker) and Docker Hub's vllm/vllm-openai.
"""

from math import ceil

from catalog.architecture import Model
from catalog.footprint import DOWNLOAD_BYTES_PER_SECOND
from catalog.units import GIB

IMAGE = "docker.io/vllm/vllm-openai"

CACHE_VARIABLE = "VLLM_CACHE_ROOT"
"""Names the folder where torch.compile keeps what it has compiled."""

IMAGE_GIB = 25
"""Disk that the unpacked image takes, GiB: an upper estimate."""

MEMORY_GIB = 16
"""Main memory of the server and its workers, beside files that the kernel keeps: a cautious guess."""

SHARED_MEMORY_GIB = 8
"""Size of /dev/shm, through which the workers of a replica exchange batches."""

LOAD_SECONDS = 15 * 60
"""Reading weights, profiling, torch.compile and CUDA graphs, without a cache: a cautious guess."""


def cold_start_seconds(model: Model) -> int:
    """Return the time until a replica answers that has to download its weights first."""
    return ceil(model.weight_bytes / DOWNLOAD_BYTES_PER_SECOND) + LOAD_SECONDS


def cache_gib(model: Model) -> int:
    """Return the disk that a model's files and compiled programs take, GiB: the weights, an eighth more and 2 GiB."""
    return ceil(model.weight_bytes * 1.125 / GIB) + 2
