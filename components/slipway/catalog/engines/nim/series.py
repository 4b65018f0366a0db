"""NVIDIA NIM for large language models. Releases 1.x have names of their own, 2.x pass on those of vLLM.

Sources: the "Observability" pages of NIM for LLMs: 24.05 names `/metrics`, 1.5.0 and later `/v1/metrics`; the release
between them that moved the page is not known, so both are accepted there. Images of 2.x with SGLang are not listed.
"""

from dataclasses import replace

from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Engine, Kind, Page, Series
from slipway.catalog.engines.vllm import series as vllm

LABELS = ("model_name",)

_GAUGES = (
    Series(
        name="num_requests_waiting",
        kind="gauge",
        unit="requests",
        shows="Waiting requests",
        labels=LABELS,
        until="2",
        successor="vllm:num_requests_waiting",
        signal="waiting-requests",
    ),
    Series(
        name="gpu_cache_usage_perc",
        kind="gauge",
        unit="share, 0 to 1",
        shows="KV cache in use",
        labels=LABELS,
        until="2",
        successor="vllm:kv_cache_usage_perc",
        signal="kv-cache-use",
        ceiling="one",
    ),
    Series(
        name="num_requests_running",
        kind="gauge",
        unit="requests",
        shows="Running requests",
        labels=LABELS,
        until="2",
        successor="vllm:num_requests_running",
        ceiling="batch",
    ),
    Series(name="num_request_max", kind="gauge", unit="requests", labels=LABELS, until="2"),
)

_OTHERS: tuple[tuple[str, Kind, str, Quantity, str], ...] = (
    ("prompt_tokens_total", "counter", "tokens", "Prompt tokens", "vllm:prompt_tokens_total"),
    ("generation_tokens_total", "counter", "tokens", "Generated tokens", "vllm:generation_tokens_total"),
    ("request_success_total", "counter", "requests", "Answered requests", "vllm:request_success_total"),
    ("request_failure_total", "counter", "requests", "Failed requests", ""),
    ("request_finish_total", "counter", "requests", "", "vllm:request_success_total"),
    ("time_to_first_token_seconds", "histogram", "seconds", "Time to first token", "vllm:time_to_first_token_seconds"),
    (
        "time_per_output_token_seconds",
        "histogram",
        "seconds",
        "Time between tokens",
        "vllm:inter_token_latency_seconds",
    ),
    ("e2e_request_latency_seconds", "histogram", "seconds", "Time of a request", "vllm:e2e_request_latency_seconds"),
    ("request_prompt_tokens", "histogram", "tokens", "Prompt tokens of a request", "vllm:request_prompt_tokens"),
    (
        "request_generation_tokens",
        "histogram",
        "tokens",
        "Generated tokens of a request",
        "vllm:request_generation_tokens",
    ),
)

_COUNTERS_AND_HISTOGRAMS = tuple(
    Series(name=name, kind=kind, unit=unit, shows=shows, labels=LABELS, until="2", successor=successor)
    for name, kind, unit, shows, successor in _OTHERS
)

_PASSED_ON = tuple(replace(series, since="2", unless="") for series in vllm.SERIES if not series.needs)

NIM = Engine(
    name="nim",
    image=r"/nim/",
    health_path="/v1/health/ready",
    pages=(Page(port=8000, path="/metrics", until="1.5"), Page(port=8000, path="/v1/metrics", since="1.1")),
    exports=(*_GAUGES, *_COUNTERS_AND_HISTOGRAMS, *_PASSED_ON),
    shown=vllm.VLLM.shown,
    batch_flag=vllm.VLLM.batch_flag,
    of_the_pod=vllm.LABELS,
)
