"""How long a replica takes from the start of its container until it answers.

On TPU a cold start is `catalog.footprint.cold_start_seconds`; a rehearsal plays warm starts there, as every replica but
a bucket's first has them. On GPUs each replica downloads its weights, or streams them from S3.
"""

import math

from slipway.catalog.architecture import Model
from slipway.catalog.engines.vllm.host import S3_BYTES_PER_SECOND
from slipway.catalog.footprint import DOWNLOAD_BYTES_PER_SECOND

BUCKET_BYTES_PER_SECOND = 1_000_000_000
"""What a TPU machine reads from a bucket through Cloud Storage FUSE with parallel downloads: an assumption, a cautious
share of its network; nobody is known to have published a measurement."""

CACHED_PROGRAMS_SECONDS = 5 * 60
""""About five minutes" once compiled programs are in VLLM_XLA_CACHE_PATH (vLLM documentation, "Installation with
TPU")."""

GPU_START_SECONDS = 3 * 60
"""From weights on the disk until an engine on GPUs answers, compilation and CUDA graphs included: an assumption;
start-up logs of vLLM show one to three minutes."""


def warm_start_seconds(model: Model) -> int:
    """Return the seconds until a replica on TPU answers that finds weights and compiled programs in its bucket."""
    return math.ceil(model.weight_bytes / BUCKET_BYTES_PER_SECOND) + CACHED_PROGRAMS_SECONDS


def download_start_seconds(model: Model) -> int:
    """Return the seconds until a replica on GPUs answers that downloads its weights first."""
    return math.ceil(model.weight_bytes / DOWNLOAD_BYTES_PER_SECOND) + GPU_START_SECONDS


def streamed_start_seconds(model: Model) -> int:
    """Return the seconds until a replica on GPUs answers whose workers stream the weights from S3."""
    return math.ceil(model.weight_bytes / S3_BYTES_PER_SECOND) + GPU_START_SECONDS
