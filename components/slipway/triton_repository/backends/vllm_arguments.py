"""The arguments of a vLLM engine, as model.json has them."""

import json
from typing import Literal

from pydantic import Field, JsonValue

from slipway.checks.settings import Positive
from slipway.triton_repository.backends.engine_arguments import EngineArguments

REMOVED = frozenset(
    {
        "disable_log_requests",
        "guided_decoding_backend",
        "max_seq_len_to_capture",
        "num_scheduler_steps",
        "num_speculative_tokens",
        "speculative_model",
        "swap_space",
        "use_v2_block_manager",
    }
)
"""Arguments of older engines that vLLM 0.32 does not know."""


class VllmEngineArgs(EngineArguments):
    """Arguments of vLLM's AsyncEngineArgs; what is left out has the engine's default."""

    model: str = Field(min_length=1)
    """Name of the model on Hugging Face, or the directory that holds it."""
    tokenizer: str | None = None
    """Name or directory of the tokenizer, where it is not the model's."""
    dtype: Literal["auto", "half", "float16", "bfloat16", "float", "float32"] | None = None
    """Type of weights and activations."""
    quantization: str | None = None
    """How the weights are quantised."""
    kv_cache_dtype: str | None = None
    """Type of the KV cache."""
    tensor_parallel_size: Positive | None = None
    """GPUs over which each layer is spread."""
    pipeline_parallel_size: Positive | None = None
    """Groups of GPUs over which the layers are divided."""
    max_model_len: Positive | None = None
    """Most tokens of a request, prompt and answer together."""
    max_num_seqs: Positive | None = None
    """Most requests in a batch."""
    max_num_batched_tokens: Positive | None = None
    """Most tokens of one step."""
    gpu_memory_utilization: float | None = Field(default=None, gt=0, le=1)
    """Share of each GPU's memory that the engine takes."""
    enforce_eager: bool | None = None
    """Whether to do without CUDA graphs."""
    enable_prefix_caching: bool | None = None
    """Whether requests share the KV cache of equal beginnings."""
    trust_remote_code: bool | None = None
    """Whether to run code that comes with the model."""
    download_dir: str | None = None
    """Where weights are kept."""
    load_format: str | None = None
    """How weights are read."""
    seed: int | None = None
    """Seed of the random numbers."""
    disable_log_stats: bool | None = None
    """Whether the engine keeps no statistics; its metrics then stay away from Triton's."""
    enable_lora: bool | None = None
    """Whether adapters may be used."""
    speculative_config: dict[str, JsonValue] | None = None
    """The draft model and how it is used."""

    @property
    def gpus(self) -> int:
        """GPUs that one engine takes."""
        return (self.tensor_parallel_size or 1) * (self.pipeline_parallel_size or 1)

    def render(self) -> str:
        """Return the text of model.json."""
        return json.dumps(self.arguments(), indent=2, ensure_ascii=False) + "\n"
