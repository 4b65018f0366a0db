"""The metrics page of a vLLM: the series that `catalog.engines` lists, with the values of the queueing model.

The real page has more series. A rehearsal serves those that autoscalers and dashboards may follow, and no other, so a
series that the catalog does not know is missing here, too.
"""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from catalog.engines import VLLM, Series
from rehearsal.engine.batching import BatchingEngine
from rehearsal.engine.histogram import Histogram

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"

VALUES: Mapping[str, Callable[[BatchingEngine], float | Histogram]] = {
    "vllm:num_requests_waiting": lambda engine: engine.waiting,
    "vllm:num_requests_running": lambda engine: engine.running,
    "vllm:kv_cache_usage_perc": lambda engine: engine.kv_cache_use,
    "vllm:generation_tokens_total": lambda engine: engine.generated_tokens,
    "vllm:prompt_tokens_total": lambda engine: engine.prompt_tokens,
    "vllm:time_to_first_token_seconds": lambda engine: engine.first_token,
    "vllm:inter_token_latency_seconds": lambda engine: engine.inter_token,
}
"""How each series of the catalog is read off the model."""


def metrics_page(served_name: str, engine: BatchingEngine) -> bytes:
    """Return what the engine's metrics page shows now: the series of `catalog.engines.VLLM`, as text."""
    registry = CollectorRegistry()
    registry.register(_Page(served_name, engine))
    return generate_latest(registry)


class _Page(Collector):
    def __init__(self, served_name: str, engine: BatchingEngine) -> None:
        self._labels = {"engine": "0", "model_name": served_name}
        self._engine = engine

    @override
    def collect(self) -> list[Metric]:
        return [self._family(series) for series in (*VLLM.signals.values(), *VLLM.series)]

    def _family(self, series: Series) -> Metric:
        value = VALUES[series.name](self._engine)
        names, values = list(self._labels), list(self._labels.values())
        if isinstance(value, Histogram):
            histogram = HistogramMetricFamily(series.name, series.unit, labels=names)
            histogram.add_metric(values, buckets=value.buckets, sum_value=value.total)
            return histogram
        kind = CounterMetricFamily if series.kind == "counter" else GaugeMetricFamily
        family = kind(series.name, series.unit, labels=names)
        family.add_metric(values, value)
        return family
