"""What an autoscaler gets when it asks for a metric by its name, and whether the adapter can answer at all."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from slipway.checks import Finding
from slipway.checks.signals.edges import (
    Keda,
    Monitoring,
    PrometheusAdapter,
    Query,
    Scaler,
    ScalerMetric,
    StackdriverAdapter,
    Term,
)
from slipway.checks.signals.queries import OF_A_POD
from slipway.checks.signals.scraping import interval, visits_to
from slipway.checks.signals.sources import Export, ManagedPrometheus, Prometheus
from slipway.checks.signals.stackdriver import Served, stackdriver

DEFAULT_RATE_SECONDS = 300
"""Of the default rules of prometheus-adapter's chart."""


def served(metric: ScalerMetric, scaler: Scaler, monitoring: Monitoring, export: Export) -> Served:
    """Return what a metric of an autoscaler is computed from, and what is wrong with asking for it so."""
    match monitoring.adapter:
        case StackdriverAdapter() as adapter:
            return stackdriver(adapter, metric, scaler, monitoring, export)
        case PrometheusAdapter() as adapter:
            return _prometheus_adapter(adapter, metric, monitoring, export)
        case Keda():
            return metric.query, []


def adapter_findings(monitoring: Monitoring) -> Iterator[Finding]:
    """Judge the way from the adapter to the series, whatever is asked for."""
    adapter, collector = monitoring.adapter, monitoring.collector
    if isinstance(adapter, StackdriverAdapter):
        if isinstance(collector, Prometheus):
            message = "reads Cloud Monitoring, and the series are in a Prometheus of the cluster"
            remedy = "install prometheus-adapter, or collect with PodMonitoring"
            yield Finding("signals.adapter", adapter.path, message, remedy)
        if not adapter.may_read:
            message = "may not read Cloud Monitoring: every request for a metric ends with 403"
            remedy = (
                "grant roles/monitoring.viewer to the principal …/subject/ns/custom-metrics/sa/"
                "custom-metrics-stackdriver-adapter"
            )
            yield Finding("signals.adapter", adapter.path, message, remedy)
    elif isinstance(collector, ManagedPrometheus):
        message = "asks a Prometheus of the cluster, and managed collection keeps the series in Cloud Monitoring"
        yield Finding("signals.adapter", adapter.path, message, "install the custom metrics adapter of Google Cloud")
    else:
        yield from _url_findings(adapter, collector)
        if isinstance(adapter, PrometheusAdapter):
            yield from _relist_findings(adapter, monitoring)


def _prometheus_adapter(
    adapter: PrometheusAdapter, metric: ScalerMetric, monitoring: Monitoring, export: Export
) -> Served:
    for rule in adapter.rules:
        if rule.name == metric.name:
            return rule.query, []
    names = {series.name for series in export.engine.exports if series.is_in(export.version)}
    names |= {rule.record for rule in monitoring.rules}
    if not adapter.default_rules:
        served = ", ".join(rule.name for rule in adapter.rules) or "none"
        message = f"the adapter serves no {metric.name}: its default rules are off, and its own rules give {served}"
        remedy = f"add a rule for {metric.name}, or set rules.default: true"
        return None, [Finding("signals.prometheus-adapter", metric.path, message, remedy)]
    trimmed = re.sub(r"(_seconds)?_total$", "", metric.name)
    if trimmed != metric.name:
        message = f"the adapter's default rules serve the rate of {metric.name} as {trimmed}"
        return None, [Finding("signals.prometheus-adapter", metric.path, message, f"ask for {trimmed}")]
    for name in (f"{metric.name}_total", f"{metric.name}_seconds_total"):
        if name in names:
            return Query((Term(name, {}, "rate", DEFAULT_RATE_SECONDS),), by=OF_A_POD), []
    return Query((Term(metric.name),), by=OF_A_POD), []


def _url_findings(adapter: PrometheusAdapter | Keda, collector: Prometheus) -> Iterator[Finding]:
    parts = urlsplit(adapter.url)
    host = (parts.hostname or "").split(".")
    remedy = f"write http://{collector.service}.{collector.namespace}.svc"
    prefix = collector.prefix.rstrip("/")
    own = isinstance(adapter, PrometheusAdapter)
    namespace = host[1] if len(host) > 1 else adapter.namespace if own else ""
    port = parts.port or (adapter.port if own else 80)
    if parts.path.rstrip("/") != prefix:
        message = f"{adapter.url} has the path {parts.path or '/'}, and Prometheus answers under {collector.prefix}"
        remedy = f'set prometheus.path to "{prefix}"'
    elif host[0] not in (collector.service, "prometheus-operated"):
        message = f"{adapter.url} names a Service that the chart does not make: Prometheus is {collector.service}"
    elif namespace != collector.namespace:
        message = f"{adapter.url} is looked up in namespace {namespace}, and Prometheus is in {collector.namespace}"
    elif port != collector.port:
        message = f"port {port} is asked; Prometheus is on {collector.port}"
        remedy = f"use {collector.port}, or leave the Service's port at {port}"
    else:
        return
    yield Finding("signals.url", adapter.path, message, remedy)


def _relist_findings(adapter: PrometheusAdapter, monitoring: Monitoring) -> Iterator[Finding]:
    visits = (visit for export in monitoring.exports for visit in visits_to(monitoring, export))
    slowest = max((interval(visit.scrape, monitoring.collector) for visit in visits), default=0)
    if adapter.relist_seconds < slowest:
        message = (
            f"looks for series every {adapter.relist_seconds:g} s among those of that time, and they are scraped every "
            f"{slowest:g} s: metrics come and go"
        )
        yield Finding("signals.relist", adapter.path, message, f"set metricsRelistInterval to {slowest:g}s or more")
