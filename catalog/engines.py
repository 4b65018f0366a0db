"""What each engine serves and exports: ports, paths, and the series that autoscalers and dashboards may follow.

Sources: a scrape of vLLM 0.32 (names, types, labels) and vLLM's docs/design/metrics.md; vLLM 0.27, which the TPU image
carries, has the same series.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Signal = Literal["waiting-requests", "kv-cache-use"]


@dataclass(frozen=True, slots=True)
class Series:
    """A time series that an engine exports.

    Attributes:
        kind: Prometheus type.
        unit: what one of it is.
    """

    name: str
    kind: Literal["gauge", "counter", "histogram"]
    unit: str


@dataclass(frozen=True, slots=True)
class Engine:
    """A model server program.

    Attributes:
        port: where it listens, for requests and for metrics alike.
        metrics_path: where Prometheus finds its series.
        health_path: answers 200 once the model can be asked, and also while the engine drains.
        signals: the gauge behind each signal that autoscaling can follow.
        series: what else dashboards show.
    """

    name: str
    port: int
    metrics_path: str
    health_path: str
    signals: Mapping[Signal, Series]
    series: tuple[Series, ...]


VLLM = Engine(
    name="vllm",
    port=8000,
    metrics_path="/metrics",
    health_path="/health",
    signals={
        "waiting-requests": Series("vllm:num_requests_waiting", "gauge", "requests"),
        "kv-cache-use": Series("vllm:kv_cache_usage_perc", "gauge", "share, 0 to 1"),
    },
    series=(
        Series("vllm:num_requests_running", "gauge", "requests"),
        Series("vllm:generation_tokens_total", "counter", "tokens"),
        Series("vllm:prompt_tokens_total", "counter", "tokens"),
        Series("vllm:time_to_first_token_seconds", "histogram", "seconds"),
        Series("vllm:inter_token_latency_seconds", "histogram", "seconds"),
    ),
)
