"""Whether an autoscaler can follow the signal that it is given: scrape, series, rule, adapter and target as one chain.

The chain is data (`Monitoring`), from a stack's settings or from Kubernetes objects; `signal_findings` proves it. What
no chain shows is not judged here: where an adapter can be scheduled, and how clients spread over replicas.
"""

from slipway.checks.signals import arguments, charts, promql
from slipway.checks.signals.edges import (
    AdapterRule,
    Keda,
    MetricsApi,
    Monitoring,
    PrometheusAdapter,
    Query,
    RecordingRule,
    Scaler,
    ScalerMetric,
    StackdriverAdapter,
    Term,
)
from slipway.checks.signals.judgement import bump_findings, signal_findings
from slipway.checks.signals.sources import Export, ManagedPrometheus, Prometheus, Scrape, Service, Workload
from slipway.checks.signals.stackdriver import stackdriver_metric

__all__ = [
    "AdapterRule",
    "Export",
    "Keda",
    "ManagedPrometheus",
    "MetricsApi",
    "Monitoring",
    "Prometheus",
    "PrometheusAdapter",
    "Query",
    "RecordingRule",
    "Scaler",
    "ScalerMetric",
    "Scrape",
    "Service",
    "StackdriverAdapter",
    "Term",
    "Workload",
    "arguments",
    "bump_findings",
    "charts",
    "promql",
    "signal_findings",
    "stackdriver_metric",
]
