"""vLLM: its OpenAI server exports everything on the port that answers requests.

Sources: a scrape of vLLM 0.32 (names, types, labels, options); `vllm/v1/metrics/loggers.py` of v0.9.1, v0.9.2, v0.11.0
and v0.12.0 with its comments on when a series is deprecated and hidden; pull requests 15458 and 29330 of
vllm-project/vllm; docs/design/metrics.md. vLLM 0.27, which the TPU image carries, has the same signals.
"""

from functools import partial

from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Engine, Kind, Page, Series

NO_STATS = "--disable-log-stats"
LABELS = ("engine", "model_name")

_COUNTERS: tuple[tuple[str, str, Quantity, tuple[str, ...]], ...] = (
    ("generation_tokens_total", "tokens", "Generated tokens", ()),
    ("prompt_tokens_total", "tokens", "Prompt tokens", ()),
    ("num_preemptions_total", "requests", "", ()),
    ("request_success_total", "requests", "Answered requests", ("finished_reason",)),
)

_HISTOGRAMS: tuple[tuple[str, str, Quantity], ...] = (
    ("time_to_first_token_seconds", "seconds", "Time to first token"),
    ("e2e_request_latency_seconds", "seconds", "Time of a request"),
    ("request_queue_time_seconds", "seconds", "Time in the queue"),
    ("request_prefill_time_seconds", "seconds", ""),
    ("request_decode_time_seconds", "seconds", ""),
    ("request_inference_time_seconds", "seconds", ""),
    ("request_prompt_tokens", "tokens", "Prompt tokens of a request"),
    ("request_generation_tokens", "tokens", "Generated tokens of a request"),
)

_REMOVED: tuple[tuple[str, Kind, str, str, str], ...] = (
    ("avg_generation_throughput_toks_per_s", "gauge", "tokens per second", "0.11", "vllm:generation_tokens_total"),
    ("gpu_prefix_cache_queries_total", "counter", "tokens", "0.11", "vllm:prefix_cache_queries_total"),
    ("gpu_prefix_cache_hits_total", "counter", "tokens", "0.11", "vllm:prefix_cache_hits_total"),
    ("num_requests_swapped", "gauge", "requests", "0.9", "vllm:num_preemptions_total"),
    ("cpu_cache_usage_perc", "gauge", "share, 0 to 1", "0.9", ""),
    ("cpu_prefix_cache_hit_rate", "gauge", "share, 0 to 1", "0.9", ""),
    ("gpu_prefix_cache_hit_rate", "gauge", "share, 0 to 1", "0.9", ""),
)

_series = partial(Series, labels=LABELS, unless=NO_STATS)
_gauge = partial(_series, kind="gauge")
_former = partial(Series, kind="gauge", labels=LABELS)

SERIES = (
    _gauge(name="vllm:num_requests_waiting", unit="requests", shows="Waiting requests", signal="waiting-requests"),
    _gauge(
        name="vllm:kv_cache_usage_perc",
        unit="share, 0 to 1",
        shows="KV cache in use",
        since="0.9.2",
        signal="kv-cache-use",
        ceiling="one",
    ),
    _gauge(name="vllm:num_requests_running", unit="requests", shows="Running requests", ceiling="batch"),
    *(
        _series(name=f"vllm:{name}", kind="counter", unit=unit, shows=shows, labels=(*LABELS, *more))
        for name, unit, shows, more in _COUNTERS
    ),
    *(
        _series(name=f"vllm:prefix_cache_{name}_total", kind="counter", unit="tokens", since="0.9.2")
        for name in ("queries", "hits")
    ),
    *(
        _series(name=f"vllm:spec_decode_num_{name}_total", kind="counter", unit=unit, needs="--speculative-config")
        for name, unit in (("drafts", "drafts"), ("draft_tokens", "tokens"), ("accepted_tokens", "tokens"))
    ),
    *(_series(name=f"vllm:{name}", kind="histogram", unit=unit, shows=shows) for name, unit, shows in _HISTOGRAMS),
    _series(
        name="vllm:inter_token_latency_seconds",
        kind="histogram",
        unit="seconds",
        shows="Time between tokens",
        since="0.11",
    ),
)
"""Those of a current version."""

LATER = (
    _gauge(name="vllm:num_requests_waiting_by_reason", unit="requests", labels=(*LABELS, "reason"), since="0.30"),
    _series(
        name="vllm:admission_rejections_total",
        kind="counter",
        unit="requests",
        labels=("model_name", "reason"),
        since="0.32",
    ),
    _gauge(
        name="vllm:cache_config_info",
        unit="1, with the configuration in its labels",
        labels=("engine", "block_size", "num_gpu_blocks", "gpu_memory_utilization"),
    ),
)
"""What has a `since` here is claimed from the first release whose page or source was read; it may be older."""

FORMER = (
    _former(
        name="vllm:gpu_cache_usage_perc",
        unit="share, 0 to 1",
        shows="KV cache in use",
        until="0.11",
        successor="vllm:kv_cache_usage_perc",
        ceiling="one",
    ),
    _former(
        name="vllm:time_per_output_token_seconds",
        kind="histogram",
        unit="seconds",
        shows="Time between tokens",
        until="0.12",
        successor="vllm:inter_token_latency_seconds",
    ),
    *(
        _former(name=f"vllm:{name}", kind=kind, unit=unit, until=until, successor=successor)
        for name, kind, unit, until, successor in _REMOVED
    ),
)
"""Hidden, then removed. The release that dropped the throughput gauges is not known; 0.11 dropped their engine."""

VLLM = Engine(
    name="vllm",
    image=r"/vllm[^/]*:",
    health_path="/health",
    pages=(Page(port=8000, path="/metrics"),),
    exports=(*SERIES, *LATER, *FORMER),
    shown=(
        "vllm:num_requests_running",
        "vllm:generation_tokens_total",
        "vllm:prompt_tokens_total",
        "vllm:time_to_first_token_seconds",
        "vllm:inter_token_latency_seconds",
    ),
    batch_flag="--max-num-seqs",
    of_the_pod=LABELS,
)
