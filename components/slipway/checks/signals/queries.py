"""Whether what a rule or an adapter computes is there, means anything, and still tells pods apart."""

from collections.abc import Iterable, Iterator

from slipway.catalog.engines import Series
from slipway.checks import Finding
from slipway.checks.signals.edges import Query, Term
from slipway.checks.signals.presence import absence, follow
from slipway.checks.signals.sources import Export

SCRAPES_IN_A_WINDOW = 4
"""A rate needs two samples; with four it survives a missed scrape and a late one (kubernetes-sigs/prometheus-adapter
issue 535)."""

ADDED_BY_A_SCRAPE = frozenset(
    {"namespace", "pod", "container", "instance", "job", "service", "endpoint", "cluster", "location", "project_id"}
)
RATES = frozenset({"rate", "irate", "increase"})
TIMES = frozenset({"microseconds", "seconds"})
SUFFIXES_OF_TIME = ("_us", "_ms", "_seconds")
OF_A_POD = frozenset({"namespace", "pod"})


def query_findings(
    query: Query,
    path: str,
    export: Export,
    *,
    name: str,
    scrape_seconds: float,
    recorded: Iterable[str],
    by_pod: bool,
) -> Iterator[Finding]:
    """Judge what is computed from the series of a workload.

    Args:
        path: where the query is.
        name: what the result is called.
        scrape_seconds: time between two scrapes.
        recorded: names of the series that rules make.
        by_pod: whether the result must tell pods apart.
    """
    recorded = frozenset(recorded)
    for term in query.terms:
        if term.series in recorded:
            yield from _recorded_findings(term, path)
        else:
            yield from _term_findings(term, path, export, scrape_seconds)
    yield from _unit_findings(query, path, export, name)
    yield from _shape_findings(query, path, export, by_pod=by_pod)


def _recorded_findings(term: Term, path: str) -> Iterator[Finding]:
    if term.function in RATES:
        message = f"{term.function}() of {term.series}, which a rule computes and which is no counter"
        yield Finding("signals.recorded", path, message, f"use {term.series} as it is")


def _term_findings(term: Term, path: str, export: Export, scrape_seconds: float) -> Iterator[Finding]:
    series = export.engine.exported(term.series, export.version)
    if problem := absence(term.series, export, series):
        yield Finding("signals.term", path, *problem)
    if problem or series is None:
        return
    if reason := series.blind.get(export.mode):
        message = f"{term.series} does not move under load with a {export.mode} model: {reason}"
        yield Finding("signals.term", path, message, follow(export, "scale on"))
    known = {*series.labels, *ADDED_BY_A_SCRAPE, *({"le"} if series.kind == "histogram" else ())}
    labels = ", ".join((*series.labels, "namespace", "pod"))
    for label, value in term.matchers.items():
        if label not in known and value:
            message = f'{term.series}{{{label}="{value}"}} selects nothing: the labels of the series are {labels}'
            remedy = f"leave {label} out" + (", or match model_name" if "model_name" in series.labels else "")
            yield Finding("signals.term", path, message, remedy)
    yield from _time_findings(term, path, series, scrape_seconds)


def _time_findings(term: Term, path: str, series: Series, scrape_seconds: float) -> Iterator[Finding]:
    part = term.series != series.name
    counter = series.kind == "counter" or part
    if series.kind == "histogram" and not part:
        message, name = f"{series.name} is a histogram: no series has this very name", series.name
        remedy = f"compute a quantile of {name}_bucket, or {name}_sum through {name}_count, in a rule"
    elif counter and term.function not in RATES:
        message = f"{term.series} is a counter: it grows for as long as the pod lives, whatever the load"
        remedy = f"take rate({term.series}[{_window(scrape_seconds)}]), in a rule or the adapter's"
    elif not counter and term.function in RATES:
        message = f"{term.function}() of {term.series}, which is a gauge"
        remedy = f"use {term.series} as it is"
    elif counter and term.window_seconds < SCRAPES_IN_A_WINDOW * scrape_seconds:
        message = (
            f"a window of {term.window_seconds:g} s holds {term.window_seconds / scrape_seconds:g} scrapes of one each "
            f"{scrape_seconds:g} s, so {term.function}({term.series}) has gaps and jumps"
        )
        shorter = term.window_seconds / SCRAPES_IN_A_WINDOW
        remedy = f"widen it to {_window(scrape_seconds)}, or scrape every {shorter:g} s"
    else:
        return
    yield Finding("signals.time", path, message, remedy)


def _unit_findings(query: Query, path: str, export: Export, name: str) -> Iterator[Finding]:
    """Refuse a rate of summed durations that is called a duration: it is time per second, a number of requests."""
    if query.divides or not name.endswith(SUFFIXES_OF_TIME):
        return
    rated = (export.engine.exported(term.series, export.version) for term in query.terms if term.function in RATES)
    for series in [each for each in rated if each and each.unit in TIMES][:1]:
        message = (
            f"{name} is called a duration, and a rate of {series.name} is {series.unit} per second: it grows with the "
            "number of requests"
        )
        remedy = "divide it by the rate of requests, or name it after what it is"
        yield Finding("signals.unit", path, message, remedy)


def _shape_findings(query: Query, path: str, export: Export, *, by_pod: bool) -> Iterator[Finding]:
    if by_pod and query.by is not None and not query.by >= OF_A_POD:
        lost = " and ".join(sorted(OF_A_POD - query.by))
        kept = ", ".join(sorted(query.by)) or "no label"
        message = f"the aggregation keeps {kept} and loses {lost}, so the value belongs to no pod"
        yield Finding("signals.shape", path, message, "aggregate by (namespace, pod)")
    if query.divides and not query.clamped:
        message = "the divisor is 0 while nothing is asked, and 0/0 is no number: the autoscaler then has no metric"
        yield Finding("signals.shape", path, message, "put clamp_min(…, 1) around the divisor")
    if query.divides and query.by is None and export.mode == "ensemble":
        message = "each model of the ensemble has a ratio of its own, and the adapter adds them up"
        remedy = "sum both sides by (namespace, pod) before dividing"
        yield Finding("signals.shape", path, message, remedy)


def _window(scrape_seconds: float) -> str:
    seconds = SCRAPES_IN_A_WINDOW * scrape_seconds
    return f"{seconds / 60:g}m" if seconds % 60 == 0 else f"{seconds:g}s"
