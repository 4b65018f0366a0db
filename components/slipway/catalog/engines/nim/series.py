"""NVIDIA NIM for large language models. Releases 1.x have names of their own, 2.x pass on those of vLLM.

Sources: the "Observability" pages of NIM for LLMs: 24.05 names `/metrics`, 1.5.0 and later `/v1/metrics`; the release
between them that moved the page is not known, so both are accepted there. Images of 2.x with SGLang are not listed.
"""

from dataclasses import replace
from functools import partial

from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Engine, Kind, Page, Series
from slipway.catalog.engines.vllm import series as vllm

LABELS = ("model_name",)

_former = partial(Series, labels=LABELS, until="2")
_gauge = partial(_former, kind="gauge")

_GAUGES = (
    _gauge(
        name="num_requests_waiting",
        unit="requests",
        shows="Waiting requests",
        successor="vllm:num_requests_waiting",
        signal="waiting-requests",
    ),
    _gauge(
        name="gpu_cache_usage_perc",
        unit="share, 0 to 1",
        shows="KV cache in use",
        successor="vllm:kv_cache_usage_perc",
        signal="kv-cache-use",
        ceiling="one",
    ),
    _gauge(
        name="num_requests_running",
        unit="requests",
        shows="Running requests",
        successor="vllm:num_requests_running",
        ceiling="batch",
    ),
    _gauge(name="num_request_max", unit="requests"),
)

_OTHERS: tuple[tuple[str, Kind, str, Quantity, str], ...] = (
    ("prompt_tokens_total", "counter", "tokens", "Prompt tokens", "prompt_tokens_total"),
    ("generation_tokens_total", "counter", "tokens", "Generated tokens", "generation_tokens_total"),
    ("request_success_total", "counter", "requests", "Answered requests", "request_success_total"),
    ("request_failure_total", "counter", "requests", "Failed requests", ""),
    ("request_finish_total", "counter", "requests", "", "request_success_total"),
    ("time_to_first_token_seconds", "histogram", "seconds", "Time to first token", "time_to_first_token_seconds"),
    ("time_per_output_token_seconds", "histogram", "seconds", "Time between tokens", "inter_token_latency_seconds"),
    ("e2e_request_latency_seconds", "histogram", "seconds", "Time of a request", "e2e_request_latency_seconds"),
    ("request_prompt_tokens", "histogram", "tokens", "Prompt tokens of a request", "request_prompt_tokens"),
    ("request_generation_tokens", "histogram", "tokens", "Generated tokens of a request", "request_generation_tokens"),
)

_COUNTERS_AND_HISTOGRAMS = tuple(
    _former(name=name, kind=kind, unit=unit, shows=shows, successor=successor and f"vllm:{successor}")
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
