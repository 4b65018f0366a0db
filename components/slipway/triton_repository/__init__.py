"""Triton model repositories as types: rendered as config.pbtxt, read back, checked as a whole, written to a directory
or to the data of a ConfigMap.

`ModelConfig` mirrors Triton's message field by field and refuses what no configuration can say; what Triton refuses, or
accepts and serves wrongly, is for `repository_findings`, which reports everything at once. Nothing here creates a
resource or imports a cloud SDK, runs a model's code, or knows the weights behind an `External` file.
"""

from slipway.triton_repository.backends.llmapi import LlmApiArgs, TritonConfig, llmapi_model
from slipway.triton_repository.backends.tensorrtllm_parameters import TensorRtLlmParameters
from slipway.triton_repository.backends.vllm import vllm_model
from slipway.triton_repository.backends.vllm_arguments import VllmEngineArgs
from slipway.triton_repository.config_map import ConfigMapFiles, config_map_files, config_map_findings
from slipway.triton_repository.endpoints import Endpoint, endpoint_findings, endpoints, is_decoupled
from slipway.triton_repository.layout import Layout, RepositoryError, layout, read, write
from slipway.triton_repository.model import External, File, Model, Repository
from slipway.triton_repository.pod import Pod
from slipway.triton_repository.rules import repository_findings
from slipway.triton_repository.schema.instances import ModelInstanceGroup
from slipway.triton_repository.schema.model_config import ModelConfig
from slipway.triton_repository.schema.scheduling import ModelDynamicBatching, ModelEnsembling, Step
from slipway.triton_repository.schema.tensors import ModelInput, ModelOutput
from slipway.triton_repository.schema.text import ConfigTextError, parse, render

__all__ = [
    "ConfigMapFiles",
    "ConfigTextError",
    "Endpoint",
    "External",
    "File",
    "Layout",
    "LlmApiArgs",
    "Model",
    "ModelConfig",
    "ModelDynamicBatching",
    "ModelEnsembling",
    "ModelInput",
    "ModelInstanceGroup",
    "ModelOutput",
    "Pod",
    "Repository",
    "RepositoryError",
    "Step",
    "TensorRtLlmParameters",
    "TritonConfig",
    "VllmEngineArgs",
    "config_map_files",
    "config_map_findings",
    "endpoint_findings",
    "endpoints",
    "is_decoupled",
    "layout",
    "llmapi_model",
    "parse",
    "read",
    "render",
    "repository_findings",
    "vllm_model",
    "write",
]
