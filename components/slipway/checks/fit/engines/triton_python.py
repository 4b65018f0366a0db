"""A Triton Python model, which holds a CUDA context and its batch's activations once an instance."""

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from slipway.catalog.architecture import WeightDtype
from slipway.catalog.units import GIB
from slipway.checks.fit.engines.engine import EngineMemory, activation_bytes, step_width

if TYPE_CHECKING:
    from slipway.checks.fit.replica import Replica

CUDA_CONTEXT = round(0.35 * GIB)
"""What a process holds outside its tensors (vllm#10517, RTX 3090)."""


class TritonPython(EngineMemory):
    """A Triton Python model: it does not batch by itself, and loads what the checkpoint has."""

    title: ClassVar[str] = "a Triton Python model"
    keeps_float32: ClassVar[bool] = True
    copies: ClassVar[bool] = True
    fewer_bits: ClassVar[WeightDtype] = "int8"
    sequences: ClassVar[int] = 1
    tokens: ClassVar[int] = 1
    page_tokens: ClassVar[int] = 1

    @override
    def activations(self, replica: "Replica") -> int:
        width = step_width(replica.model, replica.tensor_parallel)
        return replica.instances * replica.batched_tokens * width * activation_bytes(replica.served_dtype)

    @override
    def runtime(self, replica: "Replica") -> int:
        return replica.instances * CUDA_CONTEXT
