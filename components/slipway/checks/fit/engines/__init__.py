"""What the memory check knows of each engine, a module each. Adding an engine is a module and a line here."""

from collections.abc import Mapping
from typing import Literal

from slipway.checks.fit.engines.engine import Band, EngineMemory
from slipway.checks.fit.engines.sglang import SgLang
from slipway.checks.fit.engines.tensorrt_llm import TensorRtLlm
from slipway.checks.fit.engines.triton_python import TritonPython
from slipway.checks.fit.engines.vllm import Vllm
from slipway.checks.fit.engines.vllm_tpu import VllmTpu

__all__ = ["ENGINES", "Band", "Engine", "EngineMemory"]

Engine = Literal["vllm", "vllm-tpu", "tensorrt-llm", "triton-python", "sglang"]

ENGINES: Mapping[Engine, EngineMemory] = {
    "vllm": Vllm(),
    "vllm-tpu": VllmTpu(),
    "tensorrt-llm": TensorRtLlm(),
    "triton-python": TritonPython(),
    "sglang": SgLang(),
}
