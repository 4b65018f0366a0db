"""What a person decides about a vLLM server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from slipway.checks.settings import Positive, Settings, Share
from slipway.serving.engine_settings import EngineArgs


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


class GcsWeights(Settings):
    """Each replica streams them from a bucket of Cloud Storage that exists, into the memory of its GPUs."""

    source: Literal["gcs"]
    uri: str = Field(
        pattern=r"^gs://[a-z0-9][a-z0-9_-]{1,61}[a-z0-9](/[A-Za-z0-9_.=+-]+)+$",
        examples=["gs://our-models/llama-3.1-8b-instruct"],
    )
    """The bucket, whose name has no dot, and the prefix beneath which the files of `model` are: safetensors,
    `config.json` and tokenizer. The servers' pods may read the bucket and change nothing in it."""


Weights = Annotated[HuggingFaceWeights | S3Weights | GcsWeights, Field(discriminator="source")]
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


class VllmArgs(EngineArgs):
    """One model, served by vLLM."""

    memory_utilization: Share = 0.92
    """Share of the accelerator's memory that weights and KV cache may take."""
    lora: LoraArgs | None = None
    """LoRA adapters, on GPUs."""
