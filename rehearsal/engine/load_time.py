"""How long a vLLM replica on TPU takes from the start of its container until it answers.

A cold start is `catalog.footprint.cold_start_seconds`. A rehearsal plays warm starts, as every replica but a bucket's
first has them.
"""

import math

from catalog.architecture import Model

BUCKET_BYTES_PER_SECOND = 1_000_000_000
"""What a TPU machine reads from a bucket through Cloud Storage FUSE with parallel downloads: an assumption, a cautious
share of its network; nobody is known to have published a measurement."""

CACHED_PROGRAMS_SECONDS = 5 * 60
""""About five minutes" once compiled programs are in VLLM_XLA_CACHE_PATH (vLLM documentation, "Installation with
TPU")."""


def warm_start_seconds(model: Model) -> int:
    """Return the seconds until a replica answers that finds weights and compiled programs in its bucket."""
    return math.ceil(model.weight_bytes / BUCKET_BYTES_PER_SECOND) + CACHED_PROGRAMS_SECONDS
