"""What a person decides about a measurement of a server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from slipway.checks.settings import Count, Positive, Settings
from slipway.serving.settings import Concurrency


class AiPerf(Settings):
    """NVIDIA's AIPerf, installed from PyPI when a measurement begins."""

    type: Literal["aiperf"]
    tokenizer: str = Field(default="builtin", min_length=1)
    """What makes prompts of so many tokens: a tokenizer on Hugging Face that needs no key, or AIPerf's own. What is
    reported is what the server counts."""


class GenAiPerf(Settings):
    """Its predecessor GenAI-Perf, in the image of Triton's SDK that the article has, to compare with old results."""

    type: Literal["genai-perf"]
    tokenizer: str = Field(default="hf-internal-testing/llama-tokenizer", min_length=1)
    """What makes prompts and counts answers: a tokenizer on Hugging Face that needs no key."""


class LoadTestArgs(Settings):
    """A measurement under one number of concurrent requests after the other. A person starts it, and no update does.

    The numbers are those of NVIDIA's article "Horizontal Autoscaling of NVIDIA NIM Microservices on Kubernetes".
    """

    tool: Annotated[AiPerf | GenAiPerf, Field(discriminator="type")]
    """What makes the load and measures."""
    input_tokens: Positive = 200
    """Tokens of a prompt, on average."""
    input_tokens_deviation: Count = 10
    """Standard deviation of the tokens of a prompt."""
    output_tokens: Positive = 200
    """Tokens of an answer; models are told not to end before."""
    concurrency: tuple[Concurrency, ...] = Field(default=(10, 100, 200, 300, 400), min_length=1)
    """Requests under way at once, one value after the other."""
    seconds: Positive = 300
    """How long each of them lasts: replicas take minutes to come."""
