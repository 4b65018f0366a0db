"""The repositories of a Llama 2 chat model: in Python, as an ensemble with a tokenizer, and in vLLM.

Code and weights come from the caller; what is decided here are names, tensors, batching and instances. Batches are
merged from requests that arrive within 300 µs of each other, at 2, 4 or 8 prompts.
"""

from collections.abc import Mapping

from slipway.triton_repository.backends.vllm import vllm_model
from slipway.triton_repository.backends.vllm_arguments import VllmEngineArgs
from slipway.triton_repository.model import External, File, Model, Repository
from slipway.triton_repository.schema.instances import ModelInstanceGroup
from slipway.triton_repository.schema.model_config import ModelConfig
from slipway.triton_repository.schema.scheduling import ModelDynamicBatching, ModelEnsembling, Step
from slipway.triton_repository.schema.tensors import ModelInput, ModelOutput

CHAT, TOKENIZER, LOGITS, PIPELINE, VLLM = "llamav2", "tokenizer", "model", "ensemble_model", "vllm"
ONNX_FILE = "llamav2.onnx"
MAX_BATCH_SIZE = 8
BATCHING = ModelDynamicBatching(preferred_batch_size=(2, 4, 8), max_queue_delay_microseconds=300)

_PROMPT = ModelInput(name="prompt", data_type="TYPE_STRING", dims=(1,))
_TOKENS = ("input_ids", "attention_mask")


def chat_repository(code: File, *, instances: int, instance_memory_gib: float | None = None) -> Repository:
    """Return the repository of a model in Python that takes prompts and gives texts."""
    config = ModelConfig(
        name=CHAT,
        backend="python",
        max_batch_size=MAX_BATCH_SIZE,
        input=(_PROMPT,),
        output=(ModelOutput(name="generated_text", data_type="TYPE_STRING", dims=(1,)),),
        dynamic_batching=BATCHING,
        instance_group=(ModelInstanceGroup(kind="KIND_GPU", count=instances),),
    )
    model = Model(config=config, versions={1: {"model.py": code}}, instance_memory_gib=instance_memory_gib)
    return Repository(models=(model,))


def logits_model(weights: External) -> Model:
    """Return the model in ONNX: the scores of the next token for prompts given as tokens.

    Only prompts of equal length share a batch: a client, or the tokenizer within one request, pads them.
    """
    config = ModelConfig(
        name=LOGITS,
        backend="onnxruntime",
        default_model_filename=ONNX_FILE,
        max_batch_size=MAX_BATCH_SIZE,
        input=tuple(ModelInput(name=name, data_type="TYPE_INT64", dims=(-1,)) for name in _TOKENS),
        output=(ModelOutput(name="output_0", data_type="TYPE_FP32", dims=(-1,)),),
        dynamic_batching=BATCHING,
        instance_group=(ModelInstanceGroup(kind="KIND_GPU", count=1),),
    )
    return Model(config=config, versions={1: {ONNX_FILE: weights}})


def client_tokenizer_repository(logits: Model) -> Repository:
    """Return the repository whose clients send tokens."""
    return Repository(models=(logits,))


def server_tokenizer_repository(code: File, vocabulary: Mapping[str, File], logits: Model) -> Repository:
    """Return the repository whose clients send prompts: an ensemble of a tokenizer in Python and `logits`.

    `vocabulary` are the tokenizer's files, which its code finds beside itself.
    """
    tokenizer = ModelConfig(
        name=TOKENIZER,
        backend="python",
        max_batch_size=MAX_BATCH_SIZE,
        input=(_PROMPT,),
        output=tuple(ModelOutput(name=name, data_type="TYPE_INT64", dims=(-1,)) for name in _TOKENS),
        instance_group=(ModelInstanceGroup(kind="KIND_CPU", count=1),),
    )
    pipeline = ModelConfig(
        name=PIPELINE,
        platform="ensemble",
        max_batch_size=MAX_BATCH_SIZE,
        input=(_PROMPT,),
        output=logits.config.output,
        ensemble_scheduling=ModelEnsembling(
            step=(
                Step(
                    model_name=TOKENIZER,
                    input_map={"prompt": "prompt"},
                    output_map={name: name for name in _TOKENS},
                ),
                Step(
                    model_name=LOGITS,
                    input_map={name: name for name in _TOKENS},
                    output_map={tensor.name: tensor.name for tensor in logits.config.output},
                ),
            )
        ),
    )
    return Repository(
        models=(
            Model(config=tokenizer, versions={1: {"model.py": code, **vocabulary}}),
            logits,
            Model(config=pipeline, versions={1: {}}),
        )
    )


def vllm_repository(args: VllmEngineArgs) -> Repository:
    """Return the repository whose engine is vLLM; it batches by itself and answers in pieces."""
    return Repository(models=(vllm_model(VLLM, args),))
