"""What is known of each engine, a folder for each of them.

`series.py` has ports, paths, and the series that scaling or a dashboard may follow; `host.py` the image, what a replica
takes of its host and how long it takes to start; `flags.py` everything that the engine takes on its command line, in
files and from the environment, with what each of it changes.
"""

from slipway.catalog.engines.nim.series import NIM
from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Ceiling, Engine, Mode, Page, Renamed, Series, Signal, release, renamed
from slipway.catalog.engines.sglang.series import SGLANG
from slipway.catalog.engines.tensorrt_llm.series import TRTLLM_SERVE
from slipway.catalog.engines.triton.series import TRITON
from slipway.catalog.engines.vllm.series import VLLM

ENGINES = {engine.name: engine for engine in (TRITON, NIM, TRTLLM_SERVE, VLLM, SGLANG)}
"""The engines by name, in the order in which an image is asked whether it has them."""

__all__ = [
    "ENGINES",
    "NIM",
    "SGLANG",
    "TRITON",
    "TRTLLM_SERVE",
    "VLLM",
    "Ceiling",
    "Engine",
    "Mode",
    "Page",
    "Quantity",
    "Renamed",
    "Series",
    "Signal",
    "release",
    "renamed",
]
