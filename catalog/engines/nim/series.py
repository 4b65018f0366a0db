"""NVIDIA NIM for large language models. Releases 1.x have names of their own, 2.x pass on those of vLLM.

Sources: the "Observability" pages of NIM for LLMs: 24.05 names `/metrics`, 1.5.0 and later `/v1/metrics`; the release
between them that moved the page is not known, so both are accepted there. Images of 2.x with SGLang are not listed.
"""

from dataclasses import replace

from catalog.engines.series import Engine, Page, Series
from catalog.engines.vllm import series as vllm

LABELS = ("model_name",)

_GAUGES = (
    Series(
        name="num_requests_waiting",
        kind="gauge",
        unit="requests",
        labels=LABELS,
        until="2",
        successor="vllm:num_requests_waiting",
        signal="waiting-requests",
    ),
    Series(
        name="gpu_cache_usage_perc",
        kind="gauge",
        unit="share, 0 to 1",
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
        labels=LABELS,
        until="2",
        successor="vllm:num_requests_running",
        ceiling="batch",
    ),
    Series(name="num_request_max", kind="gauge", unit="requests", labels=LABELS, until="2"),
)

_COUNTERS = tuple(
    Series(name=name, kind="counter", unit=unit, labels=LABELS, until="2", successor=successor)
    for name, unit, successor in (
        ("prompt_tokens_total", "tokens", "vllm:prompt_tokens_total"),
        ("generation_tokens_total", "tokens", "vllm:generation_tokens_total"),
        ("request_success_total", "requests", "vllm:request_success_total"),
        ("request_failure_total", "requests", ""),
        ("request_finish_total", "requests", "vllm:request_success_total"),
    )
)

_HISTOGRAMS = tuple(
    Series(name=name, kind="histogram", unit=unit, labels=LABELS, until="2", successor=successor)
    for name, unit, successor in (
        ("time_to_first_token_seconds", "seconds", "vllm:time_to_first_token_seconds"),
        ("time_per_output_token_seconds", "seconds", "vllm:inter_token_latency_seconds"),
        ("e2e_request_latency_seconds", "seconds", "vllm:e2e_request_latency_seconds"),
        ("request_prompt_tokens", "tokens", "vllm:request_prompt_tokens"),
        ("request_generation_tokens", "tokens", "vllm:request_generation_tokens"),
    )
)

_PASSED_ON = tuple(replace(series, since="2", unless="") for series in vllm.SERIES if not series.needs)

NIM = Engine(
    name="nim",
    health_path="/v1/health/ready",
    pages=(Page(port=8000, path="/metrics", until="1.5"), Page(port=8000, path="/v1/metrics", since="1.1")),
    exports=(*_GAUGES, *_COUNTERS, *_HISTOGRAMS, *_PASSED_ON),
    shown=vllm.VLLM.shown,
)
