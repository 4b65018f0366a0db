"""SGLang on GPUs: its image, and what a replica takes of its host.

Sources: SGLang 0.5.23 as PyPI has it (`srt/environ.py`, and its requirements, which are for CUDA 13); gpustack#5285
(images have CUDA 13.0 from 0.5.11 on); sglang#3673 (an image of 11 GB to download, of February 2025). SGLang's guide
gives a container on a machine of its own 32 GB of `/dev/shm`.
"""

from slipway.catalog.drivers import Cuda
from slipway.catalog.engines.host import EngineHost
from slipway.catalog.versions import SGLANG

CUDA = Cuda(13, 0)
"""The lowest that the pinned image can have."""

HOST = EngineHost(
    image="lmsysorg/sglang",
    tag=SGLANG,
    image_gib=40,
    memory_gib=16,
    shared_memory_gib=8,
    cache_variable="SGLANG_CACHE_DIR",
    load_seconds=15 * 60,
)
"""Disk, memory and time are cautious guesses."""
