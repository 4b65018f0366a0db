"""NVIDIA NIM for LLMs: what an image of a version exports, and what a replica takes of its host.

Sources: the environment variables on docs.nvidia.com/nim/large-language-models and the last public chart,
NVIDIA/nim-deploy:helm/nim-llm 1.1.2 (port, probes, user).
"""

from collections.abc import Mapping
from math import ceil

from slipway.catalog.architecture import Model
from slipway.catalog.engines import NIM, Series, Signal
from slipway.catalog.footprint import download_seconds
from slipway.catalog.units import GIB

LIVE_PATH = "/v1/health/live"
CACHE_PATH = "/opt/nim/.cache"
USER = 1000

MEMORY_UTILIZATION = 0.9
"""Share of a GPU's memory that weights and KV cache take, the default of both generations."""

MEMORY_GIB = 16
"""Main memory of the server, beside files that the kernel keeps: a cautious guess, NVIDIA gives no number a model."""

SHARED_MEMORY_GIB = 8
"""Size of /dev/shm, through which the processes of a replica exchange batches."""

IMAGE_GIB = 20
"""Disk that the unpacked image takes, GiB: an upper estimate."""

LOAD_SECONDS = 30 * 60
"""What the chart's startup probe allows for: 180 tries, ten seconds apart."""


def signals(version: str) -> Mapping[Signal, Series]:
    """Return the series behind each signal in an image of this version, such as `2.0.13`."""
    return {series.signal: series for series in NIM.exports if series.signal and series.is_in(version)}


def metrics_path(version: str) -> str:
    """Return where an image of this version serves its metrics; the later page where two are possible."""
    return NIM.pages_of(version)[-1].path


def cold_start_seconds(model: Model) -> int:
    """Return the time until a replica answers that has to download its weights first."""
    return download_seconds(model) + LOAD_SECONDS


def cache_gib(model: Model) -> int:
    """Return the disk that the downloaded files of a model take, GiB: the weights and an eighth more."""
    return ceil(model.weight_bytes * 1.125 / GIB)
