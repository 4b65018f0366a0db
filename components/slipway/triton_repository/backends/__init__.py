"""Backends that decide something about their models, and which one a model has."""

from collections.abc import Callable, Mapping

from slipway.triton_repository.backends.backend import Backend
from slipway.triton_repository.backends.choice import named_backend, sign_of
from slipway.triton_repository.backends.llmapi import LlmApiBackend, is_llmapi
from slipway.triton_repository.backends.onnxruntime import OnnxRuntimeBackend
from slipway.triton_repository.backends.python import PythonBackend
from slipway.triton_repository.backends.pytorch import PyTorchBackend
from slipway.triton_repository.backends.tensorrt import TensorRtBackend
from slipway.triton_repository.backends.tensorrtllm import TensorRtLlmBackend
from slipway.triton_repository.backends.vllm import VllmBackend
from slipway.triton_repository.model import Model
from slipway.triton_repository.schema.model_config import ModelConfig

BACKENDS: Mapping[str, Callable[[str], Backend]] = {
    "onnxruntime": OnnxRuntimeBackend,
    "python": PythonBackend,
    "pytorch": PyTorchBackend,
    "tensorrt": TensorRtBackend,
    "tensorrtllm": TensorRtLlmBackend,
    "vllm": VllmBackend,
}

ENSEMBLE = "ensemble"


def is_ensemble(config: ModelConfig) -> bool:
    """Return whether the model is made of other models."""
    return config.platform == ENSEMBLE or config.ensemble_scheduling is not None


def backend_of(model: Model) -> Backend | None:
    """Return the backend that runs the model; None for an ensemble, and where Triton could not tell either."""
    if is_ensemble(model.config):
        return None
    sign = sign_of(model)
    name = model.config.backend or (sign.backend if sign else named_backend(model))
    if not name:
        return None
    if name == "python" and is_llmapi(model):
        return LlmApiBackend(name)
    return BACKENDS.get(name, Backend)(name)


def completed(model: Model) -> ModelConfig:
    """Return the model's configuration with what its backend always fills in."""
    backend = backend_of(model)
    return backend.completed(model) if backend else model.config
