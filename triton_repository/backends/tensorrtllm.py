"""The TensorRT-LLM backend in C++ (images up to 26.07): everything it is told is a parameter, and a string.

Source: the configuration template of tensorrtllm_backend, and TensorRT-LLM's documentation up to 1.2.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, ValidationError
from typing_extensions import override

from checks import Finding
from checks.settings import Count, Positive, Settings
from triton_repository.backends.backend import Backend
from triton_repository.backends.engine_arguments import invalid_findings
from triton_repository.model import Model
from triton_repository.pod import Pod

DEFAULT_KV_SHARE = 0.9
"""Share of the free memory that an engine takes for its KV cache if it is not told otherwise."""


class TensorRtLlmParameters(Settings):
    """Parameters of the backend; what is left out has its default."""

    model_config = ConfigDict(protected_namespaces=())

    gpt_model_type: Literal["V1", "inflight_batching", "inflight_fused_batching"] = "inflight_fused_batching"
    """How requests are batched: V1 runs a batch to its end."""
    gpt_model_path: str = Field(min_length=1)
    """Directory of the engine in the server's container."""
    encoder_model_path: str | None = None
    """Directory of the encoder's engine."""
    executor_worker_path: str | None = None
    """The program that runs an engine in a process of its own."""
    max_beam_width: Positive | None = None
    """Beams of a request; the engine must have been built for as many."""
    max_tokens_in_paged_kv_cache: Positive | None = None
    """Tokens that the KV cache holds."""
    max_attention_window_size: Positive | None = None
    """Tokens that a request attends to."""
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
    kv_cache_onboard_blocks: bool | None = None
    """Whether blocks come back from main memory before they are used."""
    enable_kv_cache_reuse: bool | None = None
    """Whether requests share the KV cache of equal beginnings."""
    enable_chunked_context: bool | None = None
    """Whether long prompts are read in pieces."""
    enable_trt_overlap: bool | None = None
    """Whether two batches overlap; older engines only."""
    enable_context_fmha_fp32_acc: bool | None = None
    """Whether attention to the prompt sums in single precision."""
    multi_block_mode: bool | None = None
    """Whether the attention of one token is spread over blocks of the GPU."""
    cuda_graph_mode: bool | None = None
    """Whether steps are captured as CUDA graphs."""
    cuda_graph_cache_size: Count | None = None
    """Graphs that are kept."""
    exclude_input_in_output: bool | None = None
    """Whether answers leave the prompt out."""
    normalize_log_probs: bool | None = None
    """Whether log probabilities are divided by the length."""
    cancellation_check_period_ms: Positive | None = None
    """Time between two looks for cancelled requests, milliseconds."""
    stats_check_period_ms: Positive | None = None
    """Time between two updates of the metrics, milliseconds."""
    iter_stats_max_iterations: Count | None = None
    """Steps whose statistics are kept."""
    request_stats_max_iterations: Count | None = None
    """Steps whose statistics of each request are kept."""
    gpu_device_ids: str | None = Field(default=None, pattern=r"^\d+(,\d+)*(;\d+(,\d+)*)*$")
    """GPUs of each instance: commas within one, semicolons between two."""
    participant_ids: str | None = None
    """Processes that take part."""
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
    speculative_decoding_fast_logits: bool | None = None
    """Whether a draft's logits go from process to process directly."""

    def parameters(self) -> dict[str, str]:
        """Return them as config.pbtxt has them."""
        given = self.model_dump(exclude_none=True)
        return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}


class TensorRtLlmBackend(Backend):
    """The backend `tensorrtllm`."""

    needs_gpu: ClassVar = True

    @override
    def free_memory_share(self, model: Model, pod: Pod) -> Iterator[tuple[int, float]]:
        parameters = model.config.parameters
        share = _number(parameters.get("kv_cache_free_gpu_mem_fraction", "")) or DEFAULT_KV_SHARE
        for gpu in gpu_indices(parameters.get("gpu_device_ids", "")) or range(pod.gpus):
            yield gpu, share

    @override
    def findings(self, model: Model, place: str, pod: Pod) -> Iterator[Finding]:
        given = model.config.parameters
        names = TensorRtLlmParameters.model_fields
        unfilled = {name: value for name, value in given.items() if "${" in value}
        for name, value in unfilled.items():
            message = f"{value!r} is a blank of the template that was not filled in"
            yield Finding(
                "triton.findings", f"{place}.parameters.{name}", message, "write its value, or leave the parameter out"
            )
        typed = {name: value for name, value in given.items() if name in names and name not in unfilled and value}
        try:
            parameters = TensorRtLlmParameters.model_validate(typed)
        except ValidationError as error:
            for finding in invalid_findings(TensorRtLlmParameters, error, f"{place}.parameters"):
                if finding.path.rpartition(".")[2] not in unfilled:
                    yield finding
        else:
            yield from _device_findings(parameters, f"{place}.parameters.gpu_device_ids", pod)
        for name in given.keys() - names.keys():
            if close := get_close_matches(name, names, n=1, cutoff=0.85):
                yield Finding(
                    "triton.findings",
                    f"{place}.parameters.{name}",
                    "the backend has no such parameter",
                    f"write {close[0]}",
                )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _device_findings(parameters: TensorRtLlmParameters, place: str, pod: Pod) -> Iterator[Finding]:
    for device in gpu_indices(parameters.gpu_device_ids or ""):
        if device >= pod.gpus:
            yield Finding(
                "triton.device", place, f"GPU {device} of a pod that has {pod.gpus}", f"write indices below {pod.gpus}"
            )


def gpu_indices(gpu_device_ids: str) -> list[int]:
    """Return all GPUs that `gpu_device_ids` names."""
    return [int(index) for index in gpu_device_ids.replace(";", ",").split(",") if index.strip().isdecimal()]
