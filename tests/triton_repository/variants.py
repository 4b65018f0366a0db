"""The stack's variants of the Llama 2 repository, fit for a server that has the Python backend and no GPU.

Names, tensors, batching, instances and the code of Python models stay. In the place of weights are small models: what a
model imports from PyTorch and transformers, the ONNX file, and the vLLM engine.
"""

from pathlib import Path
from typing import Any

from slipway.serving.settings import LoadClients
from slipway.serving.triton.llama2 import llama2
from slipway.serving.triton.settings import Llama2
from slipway.triton_repository import External, Model, ModelInstanceGroup, Repository
from slipway.triton_repository.backends import completed
from tests.triton_repository.repositories import code

VARIANTS = ("python", "python-8-bit", "server-tokenizer", "client-tokenizer", "vllm")
PACKAGES = sorted((Path(__file__).parent / "stand_in" / "packages").glob("*.py"))
"""What stands in for packages, to lie beside the backend's stub."""
MAX_MODEL_LEN = 256


def variant(name: str) -> tuple[str, Repository]:
    """Return the model that clients ask and the repository; its models have the variant's name before their own."""
    told = Llama2.model_validate(
        {"source": "llama-2", "variant": name, "model": "meta-llama/Llama-2-7b-chat-hf", "max_model_len": MAX_MODEL_LEN}
    )
    made = llama2(told, "/models", 1, LoadClients())
    names = {model.name: f"{name}_{model.name}" for model in made.repository.models}
    models = tuple(_renamed(_without_weights(model), names) for model in made.repository.models)
    return names[made.entry], Repository(models=models)


def _without_weights(model: Model) -> Model:
    config, versions = model.config, model.versions
    changed: dict[str, Any] = {"instance_group": tuple(map(_on_processors, config.instance_group))}
    if config.backend == "onnxruntime":
        changed |= {"backend": "python", "default_model_filename": ""}
        versions = {1: {"model.py": code("logits")}}
    elif config.backend == "vllm":
        config = completed(model)
        changed |= {"backend": "python", "parameters": {}}
        versions = {1: {"model.py": code("vllm_engine")}}
    kept = {
        number: {path: file for path, file in files.items() if not isinstance(file, External)}
        for number, files in versions.items()
    }
    return Model(config=config.model_copy(update=changed), versions=kept)


def _on_processors(group: ModelInstanceGroup) -> ModelInstanceGroup:
    return group.model_copy(update={"kind": "KIND_CPU"}) if group.kind == "KIND_GPU" else group


def _renamed(model: Model, names: dict[str, str]) -> Model:
    config = model.config
    changed: dict[str, Any] = {
        "name": names[config.name],
        "parameters": {key: names.get(value, value) for key, value in config.parameters.items()},
    }
    if scheduling := config.ensemble_scheduling:
        steps = tuple(step.model_copy(update={"model_name": names[step.model_name]}) for step in scheduling.step)
        changed["ensemble_scheduling"] = scheduling.model_copy(update={"step": steps})
    return model.model_copy(update={"config": config.model_copy(update=changed)})


MADE = {name: variant(name) for name in VARIANTS}
ENTRY = {name: entry for name, (entry, _) in MADE.items()}
REPOSITORY = Repository(models=tuple(model for _, made in MADE.values() for model in made.models))
"""Every variant in one repository."""
