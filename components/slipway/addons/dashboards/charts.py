"""Which charts tell how the servers of an engine do, from the series that its version exports. No dashboard's format.

A gauge is shown pod by pod, a counter as its rate, and a histogram as its median, 95th and 99th percentile over all
pods.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from slipway.addons.observed import per_pod
from slipway.catalog.engines import TRITON, Engine, Mode, Series
from slipway.serving.recording_rules import RECORDED

Select = Callable[[str], str]
"""Returns a PromQL selector of a series by its name, with matchers for the pods that are shown."""

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Query:
    """Lines of a chart: PromQL, and what each series of its result is called, with labels in `{{}}`."""

    expression: str
    legend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of one quantity.

    Attributes:
        unit: the catalog's unit of the quantity, a counter's followed by `per second`.
        series: names of the series behind it.
    """

    title: str
    unit: str
    series: tuple[str, ...]
    queries: tuple[Query, ...]


def engine_charts(engine: Engine, version: str, *, mode: Mode = "", select: Select, window: str) -> list[Chart]:
    """Return the charts for the servers of an engine at a version.

    Args:
        mode: how the servers run their models, where the engine has several ways.
        window: of rates, as PromQL writes a duration.
    """
    return [_chart(series, engine, select, window) for series in charted(engine, version, mode)]


def charted(engine: Engine, version: str, mode: Mode = "") -> list[Series]:
    """Return the series that charts show: the signals, what Prometheus records, what the catalog wants shown.

    One that the version has under a former name is shown under that name, and none that tells nothing in the mode.
    """
    wanted = [
        *(series for series in engine.exports if series.signal),
        *(RECORDED if engine is TRITON else ()),
        *(series for name in engine.shown for series in _named(engine, name, version)),
        *(series for series in engine.exports if mode in series.modes),
    ]
    telling = {
        series.name: series
        for series in wanted
        if series.is_in(version) and mode not in series.blind and (not series.modes or mode in series.modes)
    }
    return list(telling.values())


def _named(engine: Engine, name: str, version: str) -> Iterator[Series]:
    """Yield the series of this name or, in a version before it, the one whose place it took."""
    if found := engine.exported(name, version):
        yield found
    else:
        yield from (series for series in engine.exports if series.successor == name and series.is_in(version))


def _chart(series: Series, engine: Engine, select: Select, window: str) -> Chart:
    unit = f"{series.unit} per second" if series.kind == "counter" else series.unit
    by = tuple(
        dict.fromkeys(["pod", *(each for each in series.labels if each not in ("namespace", *engine.of_the_pod))])
    )
    queries = tuple(_queries(series, by, select, window))
    return Chart(title=series.shows, unit=unit, series=(series.name,), queries=queries)


def _queries(series: Series, labels: Sequence[str], select: Select, window: str) -> Iterator[Query]:
    by, legend = ", ".join(labels), " ".join(f"{{{{{label}}}}}" for label in labels)
    match series.kind:
        case "gauge" if series.signal:
            value = per_pod(series, select(series.name))
            yield Query(value, "{{pod}}")
            yield Query(f"avg({value})", "average")
        case "gauge":
            yield Query(f"sum by ({by}) ({select(series.name)})", legend)
        case "counter":
            yield Query(f"sum by ({by}) (rate({select(series.name)}[{window}]))", legend)
        case "histogram":
            buckets = f"sum by (le) (rate({select(f'{series.name}_bucket')}[{window}]))"
            for name, quantile in QUANTILES.items():
                yield Query(f"histogram_quantile({quantile:g}, {buckets})", name)
