"""What a person decides about a vLLM server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from checks.settings import Positive, Settings, StepTokens
from components.serving.environment_settings import Further, PinnedImage
from components.serving.settings import Autoscaling, DrainSeconds, LoadClients


class HuggingFaceWeights(Settings):
    """Each replica downloads them from Hugging Face, or finds them in the stack's shared storage."""

    source: Literal["hugging-face"] = "hugging-face"


class S3Weights(Settings):
    """Each replica streams them from a bucket of your own, in the region of the stack, into the memory of its GPUs."""

    source: Literal["s3"]
    uri: str = Field(
        pattern=r"^s3://[a-z0-9][a-z0-9-]{1,61}[a-z0-9](/[A-Za-z0-9_.=+-]+)+$",
        examples=["s3://our-models/llama-3.1-8b-instruct"],
    )
    """The bucket, whose name has no dot, and the prefix beneath which the files of `model` are: safetensors,
    `config.json` and tokenizer. The servers' pods may read this prefix and no other."""


Weights = Annotated[HuggingFaceWeights | S3Weights, Field(discriminator="source")]
"""Where the weights come from."""


class LoraArgs(Settings):
    """Memory for LoRA adapters; name them in extraArgs: `--lora-modules`, then `name=organisation/adapter`."""

    max_adapters: Positive
    """Adapters that are on the chips at the same time, and so in one batch; others wait for their place."""
    max_rank: Literal[1, 8, 16, 32, 64, 128, 256, 320, 512]
    """Largest rank of an adapter; every place is as large as it asks for."""
    targets: tuple[Literal["qkv_proj", "o_proj", "gate_up_proj", "down_proj"], ...] | None = Field(
        default=None, min_length=1
    )
    """Layers that are adapted, as vLLM names them; all of them when left out."""


class VllmArgs(Further):
    """One model, served by vLLM."""

    model: str = Field(min_length=1, examples=["meta-llama/Llama-3.3-70B-Instruct"])
    """Name of the model on Hugging Face, one of the catalog's or of `models`."""
    served_model_name: str | None = Field(default=None, pattern=r"^\S+$", examples=["llama"])
    """Name that clients ask for; the model's own when left out."""
    tensor_parallel: Positive
    """Chips over which a replica spreads each layer: on TPU, all of its slice, where a chip of v7x counts twice."""
    max_model_len: Positive
    """Most tokens of a request, prompt and answer together."""
    max_num_seqs: Positive
    """Most requests in a batch."""
    max_num_batched_tokens: StepTokens
    """Most tokens of one step of the engine."""
    memory_utilization: float = Field(default=0.92, gt=0, lt=1)
    """Share of the accelerator's memory that weights and KV cache may take."""
    kv_cache_dtype: Literal["auto", "fp8"] = "auto"
    """What the KV cache is kept in: `auto` is the 16 bits of the activations."""
    lora: LoraArgs | None = None
    """LoRA adapters, on GPUs."""
    drain_seconds: DrainSeconds = 120
    """Longest time for which a stopping replica finishes the requests that it has."""
    autoscaling: Autoscaling
    """How many replicas there are."""
    load_clients: LoadClients = LoadClients()
    """The Deployment of load clients; scale it by hand to put load on the server."""
    image: PinnedImage | None = None
    """An image of your own, or another version; vLLM's own of the pinned version when left out."""
    extra_args: tuple[str, ...] = ()
    """Further arguments of `vllm serve`, appended last; those that undo what a key says are refused."""
