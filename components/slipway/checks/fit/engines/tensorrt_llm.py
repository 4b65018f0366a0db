"""TensorRT-LLM, as NVIDIA aiconfigurator sizes it (sdk/memory.py, systems/*.yaml @095f58a51c)."""

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from slipway.catalog.units import GIB, MIB
from slipway.checks.fit.engines.engine import EngineMemory
from slipway.checks.fit.engines.vllm import MXFP4_LOADED

if TYPE_CHECKING:
    from slipway.checks.fit.replica import Replica

OTHER = round(3.5 * GIB)
NCCL = {1: 0, 2: 342 * MIB, 4: 392 * MIB}
LEAST_ACTIVATIONS = 70 * MIB
FACTORS = {
    "experts": {1: 22.0, 2: 13.0, 4: 10.0},
    "llama": {1: 11.0, 2: 6.5, 4: 5.0},
    "other": {1: 10.0, 2: 6.0, 4: 5.0},
}
"""Activation values per token and value of the query projection, by the chips that share them (most: 4 or more)."""


class TensorRtLlm(EngineMemory):
    """TensorRT-LLM, whose cache gets a share of what weights and activations leave free."""

    title: ClassVar[str] = "TensorRT-LLM"
    mxfp4_loaded: ClassVar[float] = MXFP4_LOADED
    publisher: ClassVar[str] = "nvidia/"
    # tensorrt_llm/llmapi/llm_utils.py, _update_from_hf_quant_config: "Unsupported quantization_config".
    unread: ClassVar[frozenset[str]] = frozenset({"awq", "bitsandbytes", "fbgemm_fp8", "gptq"})
    unpacks: ClassVar[bool] = False
    tokens: ClassVar[int] = 8192
    page_tokens: ClassVar[int] = 32
    whole_experts: ClassVar[str] = "route.extraOptions: {{moe_expert_parallel_size: {chips}}}"

    @override
    def activations(self, replica: "Replica") -> int:
        model = replica.model
        family = "experts" if model.experts else "llama" if model.model_type == "llama" else "other"
        values = replica.batched_tokens * model.heads * model.head_dim * FACTORS[family][_sharing(replica)]
        return max(round(2 * values), LEAST_ACTIVATIONS)

    @override
    def runtime(self, replica: "Replica") -> int:
        return OTHER + NCCL[_sharing(replica)]

    @override
    def room(self, replica: "Replica", fixed: int) -> tuple[int, int]:
        kv_cache = replica.memory - fixed
        if kv_cache > 0:
            kv_cache = int(kv_cache * replica.memory_utilization)
        return fixed + kv_cache, kv_cache

    @override
    def least_bytes(self, fixed: int, cache: int, share: float) -> float:
        return fixed + cache / share


def _sharing(replica: "Replica") -> int:
    """The row of NVIDIA's tables: the chips a layer is shared by, rounded down to 1, 2 or 4."""
    return next(row for row in (4, 2, 1) if row <= replica.tensor_parallel)
