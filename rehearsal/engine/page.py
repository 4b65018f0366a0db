"""An engine's metrics page: the series that the catalog lists and the queueing model has a value for.

Real pages have more series. A rehearsal serves those that autoscalers and dashboards may follow, and no other, so a
series that the catalog does not know is missing here, too.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from rehearsal.engine.engine import AnyEngine, Replica
from rehearsal.engine.histogram import Histogram
from slipway.catalog.engines import Series

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"


def metrics_page(engine: AnyEngine, replica: Replica) -> bytes:
    """Return what the metrics page of a replica shows now, as text."""
    registry = CollectorRegistry()
    registry.register(_Page(engine, replica))
    text = generate_latest(registry).decode()
    for series in (each for each, _ in engine.values if _is_bare(each)):
        text = text.replace(f" {series.name}_total ", f" {series.name} ")
    return text.encode()


def _is_bare(series: Series) -> bool:
    """Return whether a counter's name has no suffix, as Triton's; the library would write one above its value."""
    return series.kind == "counter" and not series.name.endswith("_total")


class _Page(Collector):
    def __init__(self, engine: AnyEngine, replica: Replica) -> None:
        self._engine, self._replica = engine, replica

    @override
    def collect(self) -> list[Metric]:
        return [
            _family(series, {name: self._engine.labels[name] for name in series.labels}, read(self._replica))
            for series, read in self._engine.values
        ]


def _family(series: Series, labels: Mapping[str, str], value: float | Histogram) -> Metric:
    names, values = list(labels), list(labels.values())
    if isinstance(value, Histogram):
        histogram = HistogramMetricFamily(series.name, series.unit, labels=names)
        histogram.add_metric(values, buckets=value.buckets, sum_value=value.total)
        return histogram
    if _is_bare(series):
        counter = Metric(series.name, series.unit, "counter")
        counter.add_sample(series.name, dict(labels), value)  # pyright: ignore[reportUnknownMemberType]
        return counter
    kind = CounterMetricFamily if series.kind == "counter" else GaugeMetricFamily
    family = kind(series.name, series.unit, labels=names)
    family.add_metric(values, value)
    return family
