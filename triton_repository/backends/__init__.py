"""Backends that decide something about their models, and how to tell which one a model has."""

from collections.abc import Callable, Mapping

from triton_repository.backends.backend import Backend
from triton_repository.backends.llmapi import LlmApiBackend, is_llmapi
from triton_repository.backends.onnxruntime import OnnxRuntimeBackend
from triton_repository.backends.python import PythonBackend
from triton_repository.backends.tensorrt import TensorRtBackend
from triton_repository.backends.tensorrtllm import TensorRtLlmBackend
from triton_repository.backends.vllm import VllmBackend
from triton_repository.model import Model
from triton_repository.schema.model_config import ModelConfig

BACKENDS: Mapping[str, Callable[[str], Backend]] = {
    "onnxruntime": OnnxRuntimeBackend,
    "python": PythonBackend,
    "tensorrt": TensorRtBackend,
    "tensorrtllm": TensorRtLlmBackend,
    "vllm": VllmBackend,
}
_BY_PLATFORM: Mapping[str, str] = {
    "onnxruntime_onnx": "onnxruntime",
    "pytorch_libtorch": "pytorch",
    "tensorrt_plan": "tensorrt",
}
_BY_FILE: Mapping[str, str] = {
    "model.onnx": "onnxruntime",
    "model.plan": "tensorrt",
    "model.pt": "pytorch",
    "model.py": "python",
}
"""What Triton takes a model for by its file, where the configuration says nothing."""

ENSEMBLE = "ensemble"


def is_ensemble(config: ModelConfig) -> bool:
    """Return whether the model is made of other models."""
    return config.platform == ENSEMBLE or config.ensemble_scheduling is not None


def backend_of(model: Model) -> Backend | None:
    """Return the backend that runs the model; None for an ensemble, and where Triton could not tell either."""
    if is_ensemble(model.config):
        return None
    name = model.config.backend or _guess(model)
    if name is None:
        return None
    if name == "python" and is_llmapi(model):
        return LlmApiBackend(name)
    return BACKENDS.get(name, Backend)(name)


def completed(model: Model) -> ModelConfig:
    """Return the model's configuration with what its backend always fills in."""
    backend = backend_of(model)
    return backend.completed(model) if backend else model.config


def _guess(model: Model) -> str | None:
    if model.config.platform:
        return _BY_PLATFORM.get(model.config.platform)
    if name := model.config.default_model_filename:
        return _BY_FILE.get(name)
    files = {path for held in list(model.versions.values())[:1] for path in held}
    return next((backend for file, backend in _BY_FILE.items() if file in files), None)
