"""The options of TensorRT-LLM's LLM API, which `trtllm-serve` reads from its file, and the variables of its pods.

Source: tensorrt_llm/llmapi/llm_args.py of NVIDIA/TensorRT-LLM @00043967 (BaseLlmArgs, TorchLlmArgs, KvCacheConfig), the
newest that was stored when it was read: 1.3.0rc24 itself could not be had, so that an option that came after it passes
here, and the server refuses it as it refuses every name that it does not know. Keys of maps whose row takes `json` are
not listed. Variables are those that Slipway gives the pods; NVIDIA does not list its own.
"""

from functools import cache
from pathlib import Path

from slipway.catalog.engines import flags
from slipway.catalog.engines.flags import Flags
from slipway.catalog.versions import TENSORRT_LLM

FOLDER = Path(__file__).parent
ENGINE = f"TensorRT-LLM {TENSORRT_LLM}"


@cache
def options() -> Flags:
    """Return the options of the LLM API on the PyTorch backend."""
    return Flags(engine=ENGINE, spelling="options", known=flags.rows(FOLDER / "options.csv"))


@cache
def variables() -> Flags:
    """Return the variables that are known to change something."""
    return flags.variables(ENGINE, FOLDER)
