"""vLLM: its OpenAI server exports everything on the port that answers requests.

Sources: a scrape of vLLM 0.32 (names, types, labels, options); `vllm/v1/metrics/loggers.py` of v0.9.1, v0.9.2, v0.11.0
and v0.12.0 with its comments on when a series is deprecated and hidden; pull requests 15458 and 29330 of
vllm-project/vllm; docs/design/metrics.md. vLLM 0.27, which the TPU image carries, has the same signals.
"""

from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Engine, Page, Series

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

SERIES = (
    Series(
        name="vllm:num_requests_waiting",
        kind="gauge",
        unit="requests",
        shows="Waiting requests",
        labels=LABELS,
        signal="waiting-requests",
        unless=NO_STATS,
    ),
    Series(
        name="vllm:kv_cache_usage_perc",
        kind="gauge",
        unit="share, 0 to 1",
        shows="KV cache in use",
        labels=LABELS,
        since="0.9.2",
        signal="kv-cache-use",
        ceiling="one",
        unless=NO_STATS,
    ),
    Series(
        name="vllm:num_requests_running",
        kind="gauge",
        unit="requests",
        shows="Running requests",
        labels=LABELS,
        ceiling="batch",
        unless=NO_STATS,
    ),
    *(
        Series(name=f"vllm:{name}", kind="counter", unit=unit, shows=shows, labels=(*LABELS, *more), unless=NO_STATS)
        for name, unit, shows, more in _COUNTERS
    ),
    *(
        Series(name=f"vllm:{name}_total", kind="counter", unit="tokens", labels=LABELS, since="0.9.2", unless=NO_STATS)
        for name in ("prefix_cache_queries", "prefix_cache_hits")
    ),
    *(
        Series(
            name=f"vllm:spec_decode_num_{name}_total",
            kind="counter",
            unit=unit,
            labels=LABELS,
            needs="--speculative-config",
            unless=NO_STATS,
        )
        for name, unit in (("drafts", "drafts"), ("draft_tokens", "tokens"), ("accepted_tokens", "tokens"))
    ),
    *(
        Series(name=f"vllm:{name}", kind="histogram", unit=unit, shows=shows, labels=LABELS, unless=NO_STATS)
        for name, unit, shows in _HISTOGRAMS
    ),
    Series(
        name="vllm:inter_token_latency_seconds",
        kind="histogram",
        unit="seconds",
        shows="Time between tokens",
        labels=LABELS,
        since="0.11",
        unless=NO_STATS,
    ),
)
"""Those of a current version."""

LATER = (
    Series(
        name="vllm:num_requests_waiting_by_reason",
        kind="gauge",
        unit="requests",
        labels=(*LABELS, "reason"),
        since="0.30",
        unless=NO_STATS,
    ),
    Series(
        name="vllm:admission_rejections_total",
        kind="counter",
        unit="requests",
        labels=("model_name", "reason"),
        since="0.32",
        unless=NO_STATS,
    ),
    Series(
        name="vllm:cache_config_info",
        kind="gauge",
        unit="1, with the configuration in its labels",
        labels=("engine", "block_size", "num_gpu_blocks", "gpu_memory_utilization"),
        unless=NO_STATS,
    ),
)
"""What has a `since` here is claimed from the first release whose page or source was read; it may be older."""

FORMER = (
    Series(
        name="vllm:gpu_cache_usage_perc",
        kind="gauge",
        unit="share, 0 to 1",
        shows="KV cache in use",
        labels=LABELS,
        until="0.11",
        successor="vllm:kv_cache_usage_perc",
        ceiling="one",
    ),
    Series(
        name="vllm:time_per_output_token_seconds",
        kind="histogram",
        unit="seconds",
        shows="Time between tokens",
        labels=LABELS,
        until="0.12",
        successor="vllm:inter_token_latency_seconds",
    ),
    Series(
        name="vllm:avg_generation_throughput_toks_per_s",
        kind="gauge",
        unit="tokens per second",
        labels=LABELS,
        until="0.11",
        successor="vllm:generation_tokens_total",
    ),
    *(
        Series(
            name=f"vllm:gpu_prefix_cache_{name}_total",
            kind="counter",
            unit="tokens",
            labels=LABELS,
            until="0.11",
            successor=f"vllm:prefix_cache_{name}_total",
        )
        for name in ("queries", "hits")
    ),
    *(
        Series(name=name, kind="gauge", unit=unit, labels=LABELS, until="0.9", successor=successor)
        for name, unit, successor in (
            ("vllm:num_requests_swapped", "requests", "vllm:num_preemptions_total"),
            ("vllm:cpu_cache_usage_perc", "share, 0 to 1", ""),
            ("vllm:cpu_prefix_cache_hit_rate", "share, 0 to 1", ""),
            ("vllm:gpu_prefix_cache_hit_rate", "share, 0 to 1", ""),
        )
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
