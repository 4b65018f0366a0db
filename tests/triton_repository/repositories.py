"""Small parts of repositories that many tests need."""

from pathlib import Path
from typing import Any

from slipway.checks import errors
from slipway.triton_repository import (
    File,
    Model,
    ModelConfig,
    ModelEnsembling,
    ModelInput,
    ModelInstanceGroup,
    ModelOutput,
    Pod,
    Repository,
    Step,
    repository_findings,
)
from slipway.triton_repository.schema.instances import Kind

CPU = Pod(gpus=0, gpu_memory_gib=0, release="24.10", backends=frozenset({"python"}))
"""The pod that the tests' real server is: no GPU, release 24.10, the Python backend alone."""
STAND_INS = ("onnxruntime", "openvino", "own", "pytorch", "tensorflow", "tensorrt", "tensorrtllm", "vllm")
"""Backends that the tests' real server can be given: in their place is Python code."""
A10G = Pod(gpus=1, gpu_memory_gib=22.35, release="26.07")
FOUR_GPUS = Pod(gpus=4, gpu_memory_gib=139.8, release="26.07")


def code(name: str) -> str:
    """Return one of the models that stand in for real ones."""
    return (Path(__file__).parent / "stand_in" / f"{name}.py").read_text(encoding="utf-8")


def group(kind: Kind = "KIND_CPU", count: int = 1) -> ModelInstanceGroup:
    return ModelInstanceGroup(kind=kind, count=count)


def model(name: str, *, files: dict[str, File] | None = None, code_file: str = "zeros", **fields: Any) -> Model:
    """Return a model in Python that takes `x` and gives `y`, two numbers each, in batches of at most 8."""
    stated: dict[str, Any] = {
        "backend": "python",
        "max_batch_size": 8,
        "input": (ModelInput(name="x", data_type="TYPE_FP32", dims=(2,)),),
        "output": (ModelOutput(name="y", data_type="TYPE_FP32", dims=(2,)),),
        "instance_group": (group(),),
    }
    config = ModelConfig.model_validate({"name": name} | stated | fields)
    return Model(config=config, versions={1: {"model.py": code(code_file)}}, files=files or {})


def ensemble(name: str, *steps: Step, **fields: Any) -> Model:
    """Return an ensemble that takes `x` and gives `y`, as `model` does."""
    stated: dict[str, Any] = {
        "platform": "ensemble",
        "max_batch_size": 8,
        "input": (ModelInput(name="x", data_type="TYPE_FP32", dims=(2,)),),
        "output": (ModelOutput(name="y", data_type="TYPE_FP32", dims=(2,)),),
        "ensemble_scheduling": ModelEnsembling(step=steps),
    }
    return Model(config=ModelConfig.model_validate({"name": name} | stated | fields), versions={1: {}})


def step(name: str, inputs: dict[str, str], outputs: dict[str, str], version: int = -1) -> Step:
    return Step(model_name=name, model_version=version, input_map=inputs, output_map=outputs)


def repository(*models: Model) -> Repository:
    return Repository(models=models)


def found(*models: Model, pod: Pod = A10G) -> list[tuple[str, str]]:
    """Return path, below the repository, and message of each error of a repository of `models`."""
    findings = errors(repository_findings(repository(*models), pod))
    assert all(finding.remedy for finding in findings)
    return [(finding.path.removeprefix("repository."), finding.message) for finding in findings]
