"""What an autoscaler gets from the custom metrics adapter of Google Cloud for a name that it asks for."""

from slipway.catalog.engines import Series
from slipway.catalog.stackdriver_adapter import MAX_PODS, RATE_SECONDS
from slipway.checks import Finding
from slipway.checks.signals.edges import (
    Monitoring,
    Query,
    Scaler,
    ScalerMetric,
    StackdriverAdapter,
    Term,
)
from slipway.checks.signals.queries import OF_A_POD
from slipway.checks.signals.sources import Export

STACKDRIVER_PREFIX = "prometheus.googleapis.com"


Served = tuple[Query | None, list[Finding]]


def stackdriver_metric(series: Series) -> str:
    """Return the name under which Google's adapter serves a series: slashes of the metric type become bars."""
    return f"{STACKDRIVER_PREFIX}|{series.name}|{series.kind}"


def stackdriver(
    adapter: StackdriverAdapter, metric: ScalerMetric, scaler: Scaler, monitoring: Monitoring, export: Export
) -> Served:
    """Return what the adapter answers from, and what is wrong with asking it so."""
    prefix, name, kind = (*metric.name.replace("/", "|").split("|"), "", "")[:3]
    findings: list[Finding] = []
    if prefix != STACKDRIVER_PREFIX:
        prefix, name = STACKDRIVER_PREFIX, prefix
    series = export.engine.exported(name, export.version)
    recorded = any(rule.record == name for rule in monitoring.rules)
    right = f"{prefix}|{name}|{series.kind if series else 'gauge'}"
    if series is None and not recorded:
        query = Query((Term(name),))
        return query, findings
    if metric.name != right:
        problem = (
            "has slashes, which a metric's name cannot have"
            if "/" in metric.name
            else f"ends in |{kind}, and {name} is a {series.kind if series else 'recorded value'}"
            if kind
            else f"does not say that {name} is a {series.kind if series else 'gauge'}"
            if metric.name.startswith(STACKDRIVER_PREFIX)
            else "is not the name that Cloud Monitoring has for it"
        )
        message = f"{metric.name!r} {problem}: the value stays unknown"
        findings.append(Finding("signals.stackdriver", metric.path, message, f"write {right}"))
    if series and series.kind == "histogram" and not adapter.distributions:
        message = f"{name} is a distribution, which the adapter refuses"
        remedy = "scale on a gauge, or set --enable-distribution-support"
        findings.append(Finding("signals.stackdriver", metric.path, message, remedy))
        return None, findings
    if scaler.max_replicas > MAX_PODS:
        message = f"{scaler.max_replicas} replicas, and the adapter asks for {MAX_PODS} pods at most at once"
        findings.append(Finding("signals.stackdriver", scaler.path, message, f"write {MAX_PODS} or less"))
    rated = ("rate", RATE_SECONDS) if series and series.kind == "counter" else ("", 0)
    return Query((Term(name, {}, *rated),), by=OF_A_POD), findings
