"""The whole way, edge by edge, for each autoscaler."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from slipway.catalog.engines import Engine
from slipway.checks import Finding
from slipway.checks.signals.adapters import adapter_findings, served
from slipway.checks.signals.edges import Keda, Monitoring, Query, Scaler, ScalerMetric
from slipway.checks.signals.queries import query_findings
from slipway.checks.signals.scraping import interval, scrape_findings, selection_findings, visits_to
from slipway.checks.signals.sources import Export
from slipway.checks.signals.targets import ceiling_findings, form_findings
from slipway.checks.signals.writers import writer_findings


def signal_findings(monitoring: Monitoring) -> list[Finding]:
    """Return everything that keeps an autoscaler from following the signal that it is to follow."""
    findings = [*writer_findings(monitoring), *adapter_findings(monitoring)]
    for scaler in monitoring.scalers:
        export = next((export for export in monitoring.exports if export.workload == scaler.target), None)
        if export is None:
            findings.append(_no_target(scaler, monitoring.exports))
            continue
        findings += scrape_findings(monitoring, export)
        for metric in scaler.metrics:
            if metric.type != "Resource":
                findings += _metric_findings(metric, scaler, monitoring, export)
    return list(dict.fromkeys(findings))


def bump_findings(monitoring: Monitoring, engine: Engine, version: str) -> list[Finding]:
    """Return what breaks when the workloads of an engine go to another version: findings that they do not have now."""
    exports = tuple(
        replace(export, version=version) if export.engine is engine else export for export in monitoring.exports
    )
    now = set(signal_findings(monitoring))
    return [finding for finding in signal_findings(replace(monitoring, exports=exports)) if finding not in now]


def _metric_findings(metric: ScalerMetric, scaler: Scaler, monitoring: Monitoring, export: Export) -> Iterator[Finding]:
    query, findings = served(metric, scaler, monitoring, export)
    yield from form_findings(metric, scaler)
    yield from findings
    if query is None:
        return
    collector, keda = monitoring.collector, isinstance(monitoring.adapter, Keda)
    scrape_seconds = min((interval(visit.scrape, collector) for visit in visits_to(monitoring, export)), default=0.0)
    recorded = {rule.record: rule for rule in monitoring.rules}
    named = [recorded[term.series] for term in query.terms if term.series in recorded]
    used = [replace(rule, path=rule.path or metric.path) for rule in named]
    by_pod = metric.type == "Pods" and not keda
    computed = [(metric.path, metric.name, query), *((rule.path, rule.record, rule.query) for rule in used)]
    for path, name, each in computed:
        yield from query_findings(
            each, path, export, name=name, scrape_seconds=scrape_seconds, recorded=recorded, by_pod=by_pod
        )
    for rule in used:
        yield from selection_findings(monitoring, rule)
    if keda:
        yield from _mixture_findings(metric, query, monitoring)
    yield from ceiling_findings(metric, query, export)


def _mixture_findings(metric: ScalerMetric, query: Query, monitoring: Monitoring) -> Iterator[Finding]:
    """Refuse a sum over the pods of several workloads, each of which would scale with the load of all."""
    for term in query.terms:
        exporting = [
            str(export.workload)
            for export in monitoring.exports
            if export.engine.exported(term.series, export.version) is not None
        ]
        if len(exporting) > 1 and not any(term.matchers.values()):
            names = " and ".join(exporting)
            message = f"{term.series} is exported by {names}, and the query takes all of them together"
            remedy = 'select one, such as by {model_name="…"} or by its pods'
            yield Finding("signals.mixture", metric.path, message, remedy)


def _no_target(scaler: Scaler, exports: Sequence[Export]) -> Finding:
    """Say which workload an autoscaler was probably meant to have."""
    target = scaler.target
    close = [export.workload for export in exports if export.workload.name == target.name]
    close = close or [export.workload for export in exports if export.workload.namespace == target.namespace]
    if not close:
        message = f"scales {target}, which does not exist or runs no engine"
        return Finding("signals.no-target", scaler.path, message, "name a workload")
    found = close[0]
    if found.namespace != target.namespace:
        message = f"is in namespace {target.namespace}, and {found} is not: an autoscaler scales in its own"
        return Finding("signals.no-target", scaler.path, message, f"put it into namespace {found.namespace}")
    message = f"scales {target}, which does not exist"
    return Finding("signals.no-target", scaler.path, message, f"scale {found.kind} {found.name}")
