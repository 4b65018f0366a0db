"""What each engine serves and exports: ports, paths, and the series that autoscalers and dashboards may follow.

Each engine's module names its sources. Series that neither scaling nor a dashboard needs are left out.
"""

from catalog.engines.nim import NIM
from catalog.engines.series import Ceiling, Engine, Mode, Page, Renamed, Series, Signal, release, renamed
from catalog.engines.triton import TRITON
from catalog.engines.trtllm_serve import TRTLLM_SERVE
from catalog.engines.vllm import VLLM

ENGINES = {engine.name: engine for engine in (VLLM, TRITON, NIM, TRTLLM_SERVE)}
"""The engines by name."""

__all__ = [
    "ENGINES",
    "NIM",
    "TRITON",
    "TRTLLM_SERVE",
    "VLLM",
    "Ceiling",
    "Engine",
    "Mode",
    "Page",
    "Renamed",
    "Series",
    "Signal",
    "release",
    "renamed",
]
