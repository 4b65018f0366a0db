"""Parameters of the TensorRT-LLM backend, typed."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from slipway.checks.settings import Count, Positive, Settings

_NUMBERS = r"\s*\d+\s*(,\s*\d+\s*)*,?\s*"


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() not in {"true", "false", "1", "0"}:
        raise PydanticCustomError("flag", "the backend takes true, false, 1 and 0, and passes over anything else")
    return value


def _numbers(value: str) -> str:
    if not re.fullmatch(_NUMBERS, value):
        raise PydanticCustomError("numbers", "these are no numbers with commas between them")
    return value


def _groups(value: str) -> str:
    if not re.fullmatch(f"{_NUMBERS}(;{_NUMBERS})*;?", value):
        raise PydanticCustomError("groups", "these are no numbers with commas, and semicolons between groups")
    return value


Flag = Annotated[bool, BeforeValidator(_flag)]
Numbers = Annotated[str, AfterValidator(_numbers)]
"""Numbers with commas between them: `4096,256`."""
Groups = Annotated[str, AfterValidator(_groups)]
"""Groups of numbers: commas within one, semicolons between two."""


class TensorRtLlmParameters(Settings):
    """Parameters of the backend; what is left out has its default."""

    model_config = ConfigDict(protected_namespaces=())

    gpt_model_type: Literal["V1", "v1", "inflight_batching", "inflight_fused_batching"] = "inflight_fused_batching"
    """How requests are batched: V1 runs a batch to its end."""
    gpt_model_path: str | None = None
    """Directory of the engine in the server's container; without one, the model is an encoder alone."""
    encoder_model_path: str | None = None
    """Directory of the encoder's engine."""
    executor_worker_path: str | None = None
    """The program that runs an engine in a process of its own."""
    max_beam_width: Positive | None = None
    """Beams of a request; the engine must have been built for as many."""
    max_tokens_in_paged_kv_cache: Positive | None = None
    """Tokens that the KV cache holds."""
    max_attention_window_size: Numbers | None = None
    """Tokens that a request attends to: in all layers, or for each layer in turn."""
    sink_token_length: Count | None = None
    """Tokens at the beginning that stay in the window."""
    batch_scheduler_policy: Literal["max_utilization", "guaranteed_no_evict"] | None = None
    """Whether requests may be paused to fit more of them."""
    kv_cache_free_gpu_mem_fraction: float | None = Field(default=None, gt=0, le=1)
    """Share of the memory that is free once the engine is loaded; the backend takes 0.9."""
    cross_kv_cache_fraction: float | None = Field(default=None, ge=0, le=1)
    """Share of the KV cache for attention to the encoder."""
    kv_cache_host_memory_bytes: Count | None = None
    """Main memory to which the KV cache may spill, bytes."""
    kv_cache_onboard_blocks: Flag | None = None
    """Whether blocks come back from main memory before they are used."""
    enable_kv_cache_reuse: Flag | None = None
    """Whether requests share the KV cache of equal beginnings."""
    enable_chunked_context: Flag | None = None
    """Whether long prompts are read in pieces."""
    enable_trt_overlap: Flag | None = None
    """Whether two batches overlap; older engines only."""
    enable_context_fmha_fp32_acc: Flag | None = None
    """Whether attention to the prompt sums in single precision."""
    multi_block_mode: Flag | None = None
    """Whether the attention of one token is spread over blocks of the GPU."""
    cuda_graph_mode: Flag | None = None
    """Whether steps are captured as CUDA graphs."""
    cuda_graph_cache_size: Count | None = None
    """Graphs that are kept."""
    exclude_input_in_output: Flag | None = None
    """Whether answers leave the prompt out."""
    normalize_log_probs: Flag | None = None
    """Whether log probabilities are divided by the length."""
    cancellation_check_period_ms: Positive | None = None
    """Time between two looks for cancelled requests, milliseconds."""
    stats_check_period_ms: Positive | None = None
    """Time between two updates of the metrics, milliseconds."""
    iter_stats_max_iterations: Count | None = None
    """Steps whose statistics are kept."""
    request_stats_max_iterations: Count | None = None
    """Steps whose statistics of each request are kept."""
    gpu_device_ids: Groups | None = None
    """GPUs of each instance."""
    participant_ids: Groups | None = None
    """Processes of each instance."""
    gpu_weights_percent: float | None = Field(default=None, ge=0, le=1)
    """Share of the weights that stays on the GPU."""
    lora_cache_optimal_adapter_size: Positive | None = None
    """Size of the adapters for which the cache is laid out."""
    lora_cache_max_adapter_size: Positive | None = None
    """Size of the largest adapter."""
    lora_cache_gpu_memory_fraction: float | None = Field(default=None, gt=0, le=1)
    """Share of the free memory for adapters."""
    lora_cache_host_memory_bytes: Positive | None = None
    """Main memory for adapters, bytes."""
    decoding_mode: (
        Literal["top_k", "top_p", "top_k_top_p", "beam_search", "medusa", "redrafter", "lookahead", "eagle"] | None
    ) = None
    """How the next tokens are chosen."""
    medusa_choices: str | None = None
    """The tree of Medusa's guesses."""
    speculative_decoding_fast_logits: Flag | None = None
    """Whether a draft's logits go from process to process directly."""

    def parameters(self) -> dict[str, str]:
        """Return them as config.pbtxt has them."""
        given = self.model_dump(exclude_none=True)
        return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
