"""`trtllm-serve` of TensorRT-LLM: its Prometheus page is not where others have theirs.

Sources: `tensorrt_llm/metrics/collector.py` of NVIDIA/TensorRT-LLM (names, types, labels), its documentation of
`return_perf_metrics`, pull request 12545 (what releases before 1.3 lack), and AIPerf's guide to server metrics
(`enable_iter_perf_stats`, without which the PyTorch backend counts nothing between requests).
"""

from functools import partial

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

_series = partial(Series, labels=LABELS)
_gauge = partial(_series, kind="gauge", needs=ITERATIONS)
_queue = partial(_gauge, since=QUEUES_SINCE)

_GAUGES = (
    _queue(name="trtllm_num_requests_waiting", unit="requests", shows="Waiting requests", signal="waiting-requests"),
    _gauge(
        name="trtllm_kv_cache_utilization",
        unit="share, 0 to 1",
        shows="KV cache in use",
        signal="kv-cache-use",
        ceiling="one",
    ),
    _queue(name="trtllm_num_requests_running", unit="requests", shows="Running requests", ceiling="batch"),
    _gauge(name="trtllm_kv_cache_hit_rate", unit="share, 0 to 1", ceiling="one"),
    _queue(name="trtllm_max_num_active_requests", unit="requests"),
    *(_queue(name=f"trtllm_kv_cache_{name}_blocks", unit="blocks") for name in ("max", "free", "used")),
    _queue(name="trtllm_spec_decode_acceptance_length", unit="tokens"),
)

TRTLLM_SERVE = Engine(
    name="trtllm-serve",
    image=r"/tensorrt-llm/",
    health_path="/health",
    pages=(Page(port=8000, path="/prometheus/metrics", needs="return_perf_metrics"),),
    exports=(
        *_GAUGES,
        Series(
            name="trtllm_request_success_total", kind="counter", unit="requests", labels=(*LABELS, "finished_reason")
        ),
        *(
            _series(name=f"trtllm_{name}_total", kind="counter", unit="tokens", shows=shows, since=QUEUES_SINCE)
            for name, shows in _COUNTERS
        ),
        *(
            _series(name=f"trtllm_{name}_seconds", kind="histogram", unit="seconds", shows=shows)
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
