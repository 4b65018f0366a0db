"""Where a vLLM server on GPUs gets its weights. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from checks.settings import Settings


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


GpuWeights = Annotated[HuggingFaceWeights | S3Weights, Field(discriminator="source")]
"""Where the weights come from."""
