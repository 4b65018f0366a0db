"""Whether the target of an autoscaler has the form that the API wants and can ever be passed."""

from collections.abc import Iterator

from slipway.catalog.engines.series import Series
from slipway.checks import Finding
from slipway.checks.quantities import quantity
from slipway.checks.signals.edges import Query, Scaler, ScalerMetric
from slipway.checks.signals.sources import Export

TOLERANCE = 1.1
"""An autoscaler adds replicas only once the value is more than a tenth above its target (Kubernetes' default)."""

BATCHES = 10
"""Full batches for which the last request of a queue may wait before somebody means another target."""

FIELDS = {"AverageValue": "averageValue", "Value": "value", "Utilization": "averageUtilization"}


def form_findings(metric: ScalerMetric, scaler: Scaler) -> Iterator[Finding]:
    """Judge the kind of a target against its field, and the kind of the metric against both."""
    wanted = FIELDS.get(metric.target_type)
    if wanted != metric.target_field:
        remedy = f"write {wanted}" if wanted else "write type AverageValue"
        kind = next((kind for kind, field in FIELDS.items() if field == metric.target_field), None)
        if metric.type == "Pods" or kind:
            remedy = f"write type {kind or 'AverageValue'}"
        message = f"the target is of type {metric.target_type} and stated as {metric.target_field}: the API refuses it"
        yield Finding("signals.form", metric.path, message, remedy)
    elif metric.type == "Pods" and metric.target_type != "AverageValue":
        message = f"a Pods metric cannot have a target of type {metric.target_type}"
        yield Finding("signals.form", metric.path, message, "write type AverageValue and averageValue")
    if _target(metric) is None:
        message = f"{metric.target!r} is no Kubernetes quantity"
        yield Finding("signals.form", metric.path, message, 'write a number such as "5" or "700m", which is 0.7')
    if metric.type == "Pods" and scaler.min_replicas < 1:
        message = "with no pod there is nobody to export the metric, so nothing would ever start the first one"
        yield Finding("signals.form", scaler.path, message, "write minReplicas 1")


def _late_findings(metric: ScalerMetric, target: float, series: Series, export: Export) -> list[Finding]:
    """Judge how long requests wait before the value of a queue, which nothing bounds, is above the target."""
    if series.signal != "waiting-requests" or not export.batch or target <= BATCHES * export.batch:
        return []
    message = (
        f"a target of {target:g} waiting requests: a replica runs {export.batch} at once, so that the last waits for "
        f"{target / export.batch:.0f} full batches before another replica is asked for"
    )
    return [Finding("signals.late", metric.path, message, f"write {export.batch} or less", "warning")]


def ceiling_findings(metric: ScalerMetric, query: Query, export: Export) -> list[Finding]:
    """Judge whether the value that is followed can rise above the target."""
    target = _target(metric)
    if target is None or len(query.terms) != 1 or query.terms[0].function or metric.target_type != "AverageValue":
        return []
    series = export.engine.exported(query.terms[0].series, export.version)
    if series is None:
        return []
    if series.ceiling is None:
        return _late_findings(metric, target, series, export)
    ceiling = 1 if series.ceiling == "one" else export.batch
    if ceiling is None or target * TOLERANCE < ceiling:
        return []
    highest = ceiling / TOLERANCE
    example = "0.7" if ceiling == 1 else f"{max(1, int(highest * 0.7))}"
    note = ""
    if series.ceiling == "one" and target > 1:
        note = f"; {metric.target}m is {target / 1000:g}" if metric.target.isdigit() else ""
    message = (
        f"a target of {target:g} is never passed: {series.name} reaches {ceiling:g} at most, and an autoscaler "
        f"adds replicas only above {TOLERANCE:g} times its target"
    )
    remedy = f"write less than {highest:.2g}, such as {example}{note}"
    return [Finding("signals.ceiling", metric.path, message, remedy)]


def _target(metric: ScalerMetric) -> float | None:
    """Return the value of a target; None if it is no Kubernetes quantity."""
    try:
        return float(quantity(metric.target))
    except ValueError:
        return None
