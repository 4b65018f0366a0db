"""ONNX Runtime: one ONNX file; the inputs and outputs may be left to it.

Source: the README of the onnxruntime backend.
"""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from slipway.checks import Finding
from slipway.triton_repository.backends.backend import Backend
from slipway.triton_repository.model import Model
from slipway.triton_repository.pod import Pod

GPU_ACCELERATORS = ("tensorrt", "cuda")
CPU_ACCELERATORS = ("openvino",)
GRAPH_LEVELS = (-1, 0, 1, 2)


class OnnxRuntimeBackend(Backend):
    """The backend `onnxruntime`."""

    model_file: ClassVar = "model.onnx"
    runtimes: ClassVar = frozenset({"libtriton_onnxruntime.so"})

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        optimization = model.config.optimization
        if optimization is None:
            return
        if optimization.graph and optimization.graph.level not in GRAPH_LEVELS:
            path = f"{place}.optimization.graph.level"
            message = f"{optimization.graph.level} is no level: ONNX Runtime knows {GRAPH_LEVELS}"
            yield Finding("triton.onnx-graph-level", path, message, "write 0 for all optimisations")
        accelerators = optimization.execution_accelerators
        if accelerators is None:
            return
        for field, known, given in (
            ("gpu_execution_accelerator", GPU_ACCELERATORS, accelerators.gpu_execution_accelerator),
            ("cpu_execution_accelerator", CPU_ACCELERATORS, accelerators.cpu_execution_accelerator),
        ):
            for index, accelerator in enumerate(given):
                if accelerator.name not in known:
                    path = f"{place}.optimization.execution_accelerators.{field}[{index}].name"
                    message = f"ONNX Runtime has no such accelerator {accelerator.name!r}"
                    yield Finding("triton.onnx-accelerator", path, message, f"write {' or '.join(known)}")
