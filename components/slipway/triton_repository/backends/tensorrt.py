"""TensorRT: one serialised engine, bound to the GPU and the TensorRT version that it was built with.

Source: the sources of the tensorrt backend (src/instance_state.cc).
"""

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from slipway.checks import Finding
from slipway.triton_repository.backends.backend import Backend
from slipway.triton_repository.model import Model
from slipway.triton_repository.pod import Pod


class TensorRtBackend(Backend):
    """The backend `tensorrt`."""

    model_file: ClassVar = "model.plan"
    runtimes: ClassVar = frozenset({"libtriton_tensorrt.so"})
    needs_gpu: ClassVar = True

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        for index, group in enumerate(model.config.instance_group):
            path = f"{place}.instance_group[{index}]"
            if group.kind == "KIND_CPU":
                message = "KIND_CPU, but TensorRT runs on GPUs only"
                yield Finding("triton.tensorrt-kind", f"{path}.kind", message, "write KIND_GPU")
            for profile in group.profile:
                if not profile.isdecimal():
                    message = f"{profile!r} is no index of an optimisation profile"
                    yield Finding("triton.tensorrt-profile", f"{path}.profile", message, 'write a number, such as "0"')
