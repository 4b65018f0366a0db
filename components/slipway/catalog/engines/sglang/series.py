"""SGLang: its server exports everything on the port that answers requests, where `--enable-metrics` says so.

Source: `sglang/srt/observability/metrics_collector.py` of SGLang 0.5.23 (names, types, labels, buckets), and
`managers/scheduler_components/metrics_reporter.py`: of the workers of a replica the first one alone reports; gauges are
those of the last step with prompts, or of every fortieth without, and of an idle server half a minute old at most.
`priority` and `dp_rank` are labels, too, where requests have priorities or the model has copies. The page that tests
hold against it was made by these collectors without an engine: no running server has been recorded here.
"""

from functools import partial

from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Ceiling, Engine, Kind, Page, Series, Signal

REPLICA = ("model_name", "engine_type")
WORKER = (*REPLICA, "tp_rank", "pp_rank", "moe_ep_rank")
"""Labels of what is counted where requests come in, and of what the scheduler of a worker counts."""
STREAMING = "is_streaming"

ENABLED_BY = "--enable-metrics"

FIRST_TOKEN_BOUNDS = (0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400)
INTER_TOKEN_BOUNDS = (
    *(0.002, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.06, 0.08),
    *(0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8),
)
"""Upper bounds of the buckets of two histograms, in seconds."""

_GAUGES: tuple[tuple[str, str, Quantity, Signal | None, Ceiling | None], ...] = (
    ("num_queue_reqs", "requests", "Waiting requests", "waiting-requests", None),
    # The fullest of its pools: that of layers with a window, or of states, where the model has any.
    ("token_usage", "share, 0 to 1", "KV cache in use", "kv-cache-use", "one"),
    ("num_running_reqs", "requests", "Running requests", None, "batch"),
    ("cache_hit_rate", "share, 0 to 1", "", None, "one"),
    ("gen_throughput", "tokens per second", "", None, None),
    ("max_total_num_tokens", "tokens", "", None, None),
)

_COUNTED: tuple[tuple[str, Kind, str, Quantity, tuple[str, ...]], ...] = (
    ("generation_tokens_total", "counter", "tokens", "Generated tokens", (*REPLICA, STREAMING)),
    ("prompt_tokens_total", "counter", "tokens", "Prompt tokens", (*REPLICA, STREAMING)),
    ("num_requests_total", "counter", "requests", "Answered requests", (*REPLICA, STREAMING)),
    ("num_aborted_requests_total", "counter", "requests", "Failed requests", REPLICA),
    ("num_retracted_requests_total", "counter", "requests", "", WORKER),
    ("time_to_first_token_seconds", "histogram", "seconds", "Time to first token", (*REPLICA, STREAMING)),
    ("inter_token_latency_seconds", "histogram", "seconds", "Time between tokens", REPLICA),
    ("e2e_request_latency_seconds", "histogram", "seconds", "Time of a request", (*REPLICA, STREAMING)),
    ("queue_time_seconds", "histogram", "seconds", "Time in the queue", WORKER),
)

_gauge = partial(Series, kind="gauge", labels=WORKER)

SGLANG = Engine(
    name="sglang",
    image=r"/sglang[^/]*:",
    health_path="/health",
    pages=(Page(port=30000, path="/metrics", needs=ENABLED_BY),),
    exports=(
        *(
            _gauge(name=f"sglang:{name}", unit=unit, shows=shows, signal=signal, ceiling=ceiling)
            for name, unit, shows, signal, ceiling in _GAUGES
        ),
        *(
            Series(name=f"sglang:{name}", kind=kind, unit=unit, shows=shows, labels=labels)
            for name, kind, unit, shows, labels in _COUNTED
        ),
    ),
    shown=(
        "sglang:num_running_reqs",
        "sglang:generation_tokens_total",
        "sglang:prompt_tokens_total",
        "sglang:time_to_first_token_seconds",
        "sglang:inter_token_latency_seconds",
    ),
    batch_flag="--max-running-requests",
    of_the_pod=(*WORKER, STREAMING),
)
