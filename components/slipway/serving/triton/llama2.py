"""The variants of the Llama 2 server: which models each has, and what clients send."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import JsonValue

from slipway.catalog.engines import Mode
from slipway.serving.load_request import PROMPT, LoadRequest
from slipway.serving.settings import LoadClients
from slipway.serving.triton.gate import CODE, gated
from slipway.serving.triton.settings import Llama2
from slipway.triton_repository import (
    External,
    Model,
    ModelConfig,
    ModelInput,
    ModelOutput,
    Repository,
    VllmEngineArgs,
)
from slipway.triton_repository.llama2 import (
    CHAT,
    LOGITS,
    MAX_BATCH_SIZE,
    ONNX_FILE,
    PIPELINE,
    chat_repository,
    client_tokenizer_repository,
    logits_model,
    server_tokenizer_repository,
    vllm_repository,
)

VOCABULARY = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
"""Files of a checkpoint that hold its tokenizer."""

TOKENS = (1, 14350, 263, 5828, 1048, 3087, 8970, 29889)
"""A short prompt as Llama 2 tokenizes it."""

MEMORY_UTILIZATION = 0.9
"""Share of a GPU's memory that vLLM takes."""

INSTANCES: Mapping[str, int] = {"python-8-bit": 2}
"""Copies of the model on a GPU, of the variants that have several."""


class Variant(NamedTuple):
    """The model that clients ask, how Triton runs it, what load clients send, and all models."""

    entry: str
    mode: Mode
    request: LoadRequest
    repository: Repository


def llama2(told: Llama2, weights: str, gpus: int, load: LoadClients) -> Variant:
    """Return a variant.

    Args:
        weights: where pods mount the storage of weights.
        gpus: GPUs of a replica.
        load: what a load client asks for.
    """
    match told.variant:
        case "python" | "python-8-bit":
            request = LoadRequest(f"/v2/models/{CHAT}/generate", {"prompt": PROMPT})
            return Variant(CHAT, "synchronous", request, _python(told, weights))
        case "vllm":
            sampling = f'{{"max_tokens": {load.max_tokens}}}'
            body = {"text_input": PROMPT, "sampling_parameters": sampling}
            request = LoadRequest(f"/v2/models/{CHAT}/generate", body)
            return Variant(CHAT, "synchronous", request, _vllm(told, weights, gpus))
        case "server-tokenizer":
            prompt: JsonValue = {"name": "prompt", "datatype": "BYTES", "shape": [1, 1], "data": [PROMPT]}
            code = (CODE / "tokenizer.py").read_text(encoding="utf-8")
            files = {name: External(source=f"{weights}/checkpoints/{told.model}/{name}") for name in VOCABULARY}
            models = server_tokenizer_repository(code, files, _logits(told, weights))
            return Variant(
                PIPELINE, "ensemble", LoadRequest(f"/v2/models/{PIPELINE}/infer", {"inputs": [prompt]}), models
            )
        case "client-tokenizer":
            tensors = {"input_ids": TOKENS, "attention_mask": (1,) * len(TOKENS)}
            inputs: list[JsonValue] = [
                {"name": name, "datatype": "INT64", "shape": [1, len(data)], "data": [*data]}
                for name, data in tensors.items()
            ]
            models = client_tokenizer_repository(_logits(told, weights))
            return Variant(LOGITS, "synchronous", LoadRequest(f"/v2/models/{LOGITS}/infer", {"inputs": inputs}), models)


def needs_onnx(told: Llama2) -> bool:
    """Return whether a variant runs the model in ONNX."""
    return told.variant in ("server-tokenizer", "client-tokenizer")


def onnx_directory(weights: str, model: str) -> str:
    """Return where the ONNX file of a model and its weights are."""
    return f"{weights}/onnx/{model}"


def _python(told: Llama2, weights: str) -> Repository:
    code = (CODE / "chat.py").read_text(encoding="utf-8")
    [model] = chat_repository(code, instances=INSTANCES.get(told.variant, 1)).models
    parameters = {
        "model": f"{weights}/checkpoints/{told.model}",
        "bits": "8" if told.variant == "python-8-bit" else "16",
        "max_prompt": str(told.max_model_len - told.max_model_len // 2),
        "max_answer": str(told.max_model_len // 2),
    }
    config = model.config.model_copy(update={"parameters": parameters})
    return Repository(models=(model.model_copy(update={"config": config}),))


def _logits(told: Llama2, weights: str) -> Model:
    """The weights lie in a file beside the ONNX file, since a file of protobuf ends at 2 GiB."""
    directory = onnx_directory(weights, told.model)
    model = logits_model(External(source=f"{directory}/{ONNX_FILE}"))
    data = {f"{ONNX_FILE}.data": External(source=f"{directory}/{ONNX_FILE}.data")}
    return model.model_copy(update={"versions": {1: {**model.versions[1], **data}}})


def _vllm(told: Llama2, weights: str, gpus: int) -> Repository:
    args = VllmEngineArgs(
        model=f"{weights}/checkpoints/{told.model}",
        tensor_parallel_size=gpus,
        max_model_len=told.max_model_len,
        gpu_memory_utilization=MEMORY_UTILIZATION,
        disable_log_stats=False,
    )
    [engine] = vllm_repository(args).models
    asked = ModelConfig(
        input=(
            ModelInput(name="text_input", data_type="TYPE_STRING", dims=(1,)),
            ModelInput(name="stream", data_type="TYPE_BOOL", dims=(1,), optional=True),
            ModelInput(name="sampling_parameters", data_type="TYPE_STRING", dims=(1,), optional=True),
        ),
        output=(ModelOutput(name="text_output", data_type="TYPE_STRING", dims=(-1,)),),
    )
    return Repository(models=gated(CHAT, engine, MAX_BATCH_SIZE, asked))
