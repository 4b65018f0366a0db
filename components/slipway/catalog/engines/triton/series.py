"""Triton Inference Server: one page for all of its models, on a port of its own. Versions are those of its container.

Sources: scrapes of tritonserver 2.51 (container 24.10) under load, idle and afterwards, with python models, an ensemble
and decoupled models; docs/user_guide/metrics.md of triton-inference-server/server; the READMEs of vllm_backend and
tensorrtllm_backend. That the vLLM backend and the in-flight batcher of TensorRT-LLM behave like the measured decoupled
model is inferred from their design: their `execute` hands requests over and returns.

`--metrics-config histogram_latencies=true` is accepted by 2.51 and adds nothing, so no histogram is listed.
"""

from collections.abc import Mapping
from functools import partial

from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Engine, Kind, Mode, Page, Series

LABELS = ("model", "version")

_HANDED_OVER = "the backend hands each request over and returns, so Triton sees it neither wait nor run"
_UNSEEN: Mapping[Mode, str] = {"decoupled": _HANDED_OVER, "vllm": _HANDED_OVER, "tensorrtllm": _HANDED_OVER}

_COUNTED: tuple[tuple[str, Quantity, tuple[str, ...]], ...] = (
    ("request_success", "Answered requests", ()),
    ("request_failure", "Failed requests", ("reason",)),
    ("count", "", ()),
    ("exec_count", "", ()),
)

_COUNTS = tuple(
    Series(name=f"nv_inference_{name}", kind="counter", unit="requests", shows=shows, labels=(*LABELS, *more))
    for name, shows, more in _COUNTED
)

_DURATIONS = tuple(
    Series(
        name=f"nv_inference_{name}_duration_us",
        kind="counter",
        unit="microseconds",
        labels=LABELS,
        blind=_UNSEEN,
        unless="--metrics-config=counter_latencies=false",
    )
    for name in ("request", "queue", "compute_input", "compute_infer", "compute_output")
)

_PENDING = Series(
    name="nv_inference_pending_request_count",
    kind="gauge",
    unit="requests",
    shows="Waiting requests",
    labels=LABELS,
    signal="waiting-requests",
    blind=_UNSEEN,
)

_HOST = tuple(
    Series(name=f"nv_{name}", kind="gauge", unit=unit)
    for name, unit in (
        ("pinned_memory_pool_total_bytes", "bytes"),
        ("pinned_memory_pool_used_bytes", "bytes"),
        ("cpu_utilization", "share, 0 to 1"),
        ("cpu_memory_total_bytes", "bytes"),
        ("cpu_memory_used_bytes", "bytes"),
    )
)

_OF_VLLM: tuple[tuple[str, Kind, str, Quantity], ...] = (
    ("prompt_tokens_total", "counter", "tokens", "Prompt tokens"),
    ("generation_tokens_total", "counter", "tokens", "Generated tokens"),
    ("time_to_first_token_seconds", "histogram", "seconds", "Time to first token"),
    ("time_per_output_token_seconds", "histogram", "seconds", "Time between tokens"),
    ("e2e_request_latency_seconds", "histogram", "seconds", "Time of a request"),
    ("request_prompt_tokens", "histogram", "tokens", "Prompt tokens of a request"),
    ("request_generation_tokens", "histogram", "tokens", "Generated tokens of a request"),
    ("request_params_n", "histogram", "answers", "Answers that a request asks for"),
)

_of_vllm = partial(Series, labels=LABELS, modes=("vllm",), needs="REPORT_CUSTOM_METRICS")

_VLLM_BACKEND = tuple(
    _of_vllm(name=f"vllm:{name}", kind=kind, unit=unit, shows=shows) for name, kind, unit, shows in _OF_VLLM
)
"""All that the backend passes on: neither waiting requests nor the use of the KV cache."""

_of_the_batcher = partial(Series, kind="gauge", until="26.08", modes=("tensorrtllm",))

_TENSORRT_LLM_BACKEND = (
    _of_the_batcher(
        name="nv_trt_llm_request_metrics",
        unit="requests",
        shows="Requests in the batcher",
        labels=(*LABELS, "request_type"),
    ),
    _of_the_batcher(
        name="nv_trt_llm_kv_cache_block_metrics",
        unit="blocks; a share of them where the label says fraction",
        shows="Blocks of the KV cache",
        labels=(*LABELS, "kv_cache_block_type"),
    ),
)
"""Of the C++ backend, which went with TensorRT-LLM 1.3; 26.07 is the last container that is known to have it."""

TRITON = Engine(
    name="triton",
    image=r"triton[^/]*:",
    health_path="/v2/health/ready",
    pages=(Page(port=8002, path="/metrics"),),
    exports=(_PENDING, *_DURATIONS, *_COUNTS, *_HOST, *_VLLM_BACKEND, *_TENSORRT_LLM_BACKEND),
    shown=("nv_inference_request_success", "nv_inference_request_failure"),
    port_flag="--metrics-port",
    of_the_pod=("version",),
)
