"""What a replica takes of its host beside the chips: main memory, shared memory, and time until it answers."""

import math

from slipway.catalog.architecture import Model
from slipway.catalog.units import GIB

RUNTIME_MEMORY_GIB = 32
"""Main memory of vLLM and its workers on a TPU host, beside files that the kernel or a cache keeps."""

SHARED_MEMORY_GIB = 16
"""Size of /dev/shm: the workers of a replica exchange batches there, and a container has 64 MiB by default."""

SIDECAR_MEMORY_GIB = 4
"""Main memory of Cloud Storage FUSE beside the files that it caches: parallel downloads and what is uploaded."""

MOUNTPOINT_MEMORY_GIB = 4
"""Main memory of Mountpoint for Amazon S3, which reads ahead within the limit that it is given; 0.5 GiB at least."""

DOWNLOAD_BYTES_PER_SECOND = 100_000_000
"""What a node gets from the Hugging Face hub through Cloud NAT, a cautious tenth of a 10 Gbit/s link."""

LARGEST_FILE_GIB = 10
"""Publishers cut weights into files of 5 to 10 GB; a cache that holds none of them is of no use."""

COMPILE_CACHE_VARIABLE = "VLLM_XLA_CACHE_PATH"
"""Names the folder where vLLM on TPU keeps what it has compiled."""

XLA_COMPILE_SECONDS = 30 * 60
"""vLLM on TPU compiles a program for each shape before it answers: tens of minutes without a cache."""


def cold_start_seconds(model: Model) -> int:
    """Return the time until a replica on TPU answers when neither weights nor compiled programs are cached."""
    return math.ceil(model.weight_bytes / DOWNLOAD_BYTES_PER_SECOND) + XLA_COMPILE_SECONDS


def file_cache_gib(model: Model, left_gib: float = math.inf) -> int:
    """Return the size of a host's cache of a model's files, GiB: 0 for none.

    It holds all of them where the host has room: weights, tokenizer and some slack. Every host of a slice reads the
    files once and keeps what its chips need, so a smaller cache costs time at the next start, not memory; a file that
    is larger than the cache is read past it (Cloud Storage FUSE, "Overview of caching").

    Args:
        model: whose files are kept.
        left_gib: main memory that the node leaves beside everything else of its pod.
    """
    whole = math.ceil(model.weight_bytes * 1.05 / GIB) + 1
    room = whole if left_gib >= whole else math.floor(left_gib)
    return room if room >= min(whole, LARGEST_FILE_GIB) else 0
