"""PyTorch: a TorchScript file; as of release 26.03 also an archive compiled ahead of time, and at any time a module
in Python, run by a backend in Python (`runtime: "model.py"`).

The files do not say what a model takes and gives, so inputs and outputs are never completed.
Source: the README and the sources of the pytorch backend (ValidateInputs and ValidateOutputs).
"""

from typing import ClassVar

from typing_extensions import override

from slipway.triton_repository.backends.backend import PYTHON_RUNTIME, Backend
from slipway.triton_repository.backends.choice import sign_of
from slipway.triton_repository.model import Model


class PyTorchBackend(Backend):
    """The backend `pytorch`."""

    model_file: ClassVar = "model.pt"
    runtimes: ClassVar = frozenset({"libtriton_pytorch.so", PYTHON_RUNTIME})

    @override
    def loaded_file(self, model: Model) -> str:
        if model.config.runtime == PYTHON_RUNTIME:
            return ""
        sign = sign_of(model)
        return (model.config.default_model_filename or sign.file) if sign else super().loaded_file(model)

    @override
    def completes(self, model: Model) -> bool:
        return False

    @override
    def needs_tensors(self, model: Model) -> bool:
        return model.config.runtime != PYTHON_RUNTIME
