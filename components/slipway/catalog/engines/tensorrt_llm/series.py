"""`trtllm-serve` of TensorRT-LLM: its Prometheus page is not where others have theirs.

Sources: `tensorrt_llm/metrics/collector.py` of NVIDIA/TensorRT-LLM (names, types, labels), its documentation of
`return_perf_metrics`, pull request 12545 (what releases before 1.3 lack), and AIPerf's guide to server metrics
(`enable_iter_perf_stats`, without which the PyTorch backend counts nothing between requests).
"""

from slipway.catalog.engines.quantity import Quantity
from slipway.catalog.engines.series import Engine, Page, Series

LABELS = ("model_name", "engine_type")
ITERATIONS = "enable_iter_perf_stats"
QUEUES_SINCE = "1.3.0"

_COUNTERS: tuple[tuple[str, Quantity], ...] = (
    ("prompt_tokens", "Prompt tokens"),
    ("generation_tokens", "Generated tokens"),
)

_HISTOGRAMS: tuple[tuple[str, Quantity], ...] = (
    ("time_to_first_token", "Time to first token"),
    ("time_per_output_token", "Time between tokens"),
    ("e2e_request_latency", "Time of a request"),
    ("request_queue_time", "Time in the queue"),
)

TRTLLM_SERVE = Engine(
    name="trtllm-serve",
    image=r"/tensorrt-llm/",
    health_path="/health",
    pages=(Page(port=8000, path="/prometheus/metrics", needs="return_perf_metrics"),),
    exports=(
        Series(
            name="trtllm_num_requests_waiting",
            kind="gauge",
            unit="requests",
            shows="Waiting requests",
            labels=LABELS,
            since=QUEUES_SINCE,
            signal="waiting-requests",
            needs=ITERATIONS,
        ),
        Series(
            name="trtllm_kv_cache_utilization",
            kind="gauge",
            unit="share, 0 to 1",
            shows="KV cache in use",
            labels=LABELS,
            signal="kv-cache-use",
            ceiling="one",
            needs=ITERATIONS,
        ),
        Series(
            name="trtllm_num_requests_running",
            kind="gauge",
            unit="requests",
            shows="Running requests",
            labels=LABELS,
            since=QUEUES_SINCE,
            ceiling="batch",
            needs=ITERATIONS,
        ),
        Series(
            name="trtllm_kv_cache_hit_rate",
            kind="gauge",
            unit="share, 0 to 1",
            labels=LABELS,
            ceiling="one",
            needs=ITERATIONS,
        ),
        *(
            Series(
                name=f"trtllm_{name}",
                kind="gauge",
                unit=unit,
                labels=LABELS,
                since=QUEUES_SINCE,
                needs=ITERATIONS,
            )
            for name, unit in (
                ("max_num_active_requests", "requests"),
                ("kv_cache_max_blocks", "blocks"),
                ("kv_cache_free_blocks", "blocks"),
                ("kv_cache_used_blocks", "blocks"),
                ("spec_decode_acceptance_length", "tokens"),
            )
        ),
        Series(
            name="trtllm_request_success_total",
            kind="counter",
            unit="requests",
            labels=(*LABELS, "finished_reason"),
        ),
        *(
            Series(
                name=f"trtllm_{name}_total",
                kind="counter",
                unit="tokens",
                shows=shows,
                labels=LABELS,
                since=QUEUES_SINCE,
            )
            for name, shows in _COUNTERS
        ),
        *(
            Series(name=f"trtllm_{name}_seconds", kind="histogram", unit="seconds", shows=shows, labels=LABELS)
            for name, shows in _HISTOGRAMS
        ),
    ),
    shown=(
        "trtllm_num_requests_running",
        "trtllm_generation_tokens_total",
        "trtllm_prompt_tokens_total",
        "trtllm_time_to_first_token_seconds",
        "trtllm_time_per_output_token_seconds",
    ),
    decoys={"/metrics": "JSON statistics of iterations, which Prometheus cannot read"},
    batch_flag="--max_batch_size",
    of_the_pod=LABELS,
)
