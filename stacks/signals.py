"""The way of each server's signal in a stack, from its settings alone: what its components will create."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from slipway.addons import keda_settings
from slipway.addons.monitoring_settings import (
    ADAPTER,
    NAMESPACE,
    SCRAPE_SECONDS,
    SELECTED,
    STACK,
    adapter_values,
    stack_values,
)
from slipway.addons.observed import ObservedServer
from slipway.addons.settings import KedaArgs, PrometheusAdapterArgs
from slipway.catalog.engines import TRITON
from slipway.catalog.engines.triton.host import MEASURED
from slipway.checks.charts import merged
from slipway.checks.signals import (
    Keda,
    ManagedPrometheus,
    MetricsApi,
    Monitoring,
    RecordingRule,
    Scaler,
    StackdriverAdapter,
    charts,
    promql,
    stackdriver_metric,
)
from slipway.checks.signals.edges import Adapter
from slipway.serving.recording_rules import expressions
from slipway.serving.shape import Shape
from stacks.metrics import InstalledMetrics, ManagedMetrics, PrometheusMetrics
from stacks.stack import Stack

MANAGED_ADAPTER = "custom-metrics/custom-metrics-stackdriver-adapter"


def shapes(stack: Stack) -> list[Shape]:
    """Return what the objects of each server say."""
    return [server.shape(stack.place(name)) for name, server in stack.servers.items()]


def observed(stack: Stack) -> list[ObservedServer]:
    """Return the servers as dashboards and alerts see them."""
    return [
        ObservedServer(export=shape.export, signal=shape.scaling.series, target=shape.scaling.target)
        for shape in shapes(stack)
    ]


def recorded(stack: Stack) -> Mapping[str, str]:
    """Return the PromQL of each series that Prometheus records for the stack, by the name of the series."""
    engines = [shape.export.engine for shape in shapes(stack)]
    return expressions(SCRAPE_SECONDS, MEASURED) if TRITON in engines else {}


def monitoring(stack: Stack) -> Monitoring:
    """Return everything between the stack's pods and its autoscalers; a person's values of the charts count.

    Raises:
        ValueError: a query, a duration or a port that a person gives cannot be read.
    """
    match stack.metrics:
        case ManagedMetrics() as metrics:
            return _managed(metrics, shapes(stack))
        case PrometheusMetrics() as metrics:
            return _prometheus(stack, metrics, shapes(stack))
        case InstalledMetrics() as metrics:
            return _installed(stack, metrics, shapes(stack))


def _managed(metrics: ManagedMetrics, servers: Sequence[Shape]) -> Monitoring:
    return Monitoring(
        resource_metrics=True,
        collector=ManagedPrometheus(),
        adapter=StackdriverAdapter(path=metrics.path, may_read=True),
        exports=tuple(shape.export for shape in servers),
        scrapes=tuple(shape.scrape("PodMonitoring", {}) for shape in servers),
        scalers=tuple(
            shape.scaling.scaler(shape.export, stackdriver_metric(shape.scaling.series)) for shape in servers
        ),
        apis=tuple(
            MetricsApi(path=metrics.path, group=group, owner=MANAGED_ADAPTER)
            for group in ("custom.metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io")
        ),
        there=frozenset({"collector", "adapter"} if metrics.there else {"collector"}),
    )


def _prometheus(stack: Stack, metrics: PrometheusMetrics, servers: Sequence[Shape]) -> Monitoring:
    own = stack_values(metrics.args, storage_class=None)
    adapter, api = _actuator(metrics, servers)
    return Monitoring(
        resource_metrics=False,
        collector=charts.prometheus(STACK, NAMESPACE, merged(own, metrics.stack)),
        adapter=adapter,
        exports=tuple(shape.export for shape in servers),
        scrapes=tuple(shape.scrape("PodMonitor", SELECTED) for shape in servers),
        scalers=tuple(_scaler(shape, adapter) for shape in servers),
        rules=_rules(stack, SELECTED),
        apis=(api, MetricsApi(path="values", group="metrics.k8s.io", owner="kube-system/metrics-server")),
    )


def _installed(stack: Stack, metrics: InstalledMetrics, servers: Sequence[Shape]) -> Monitoring:
    collector, there = metrics.prometheus, metrics.adapter
    owner = f"{there.namespace}/{there.release}"
    adapter = charts.prometheus_adapter(there.release, there.namespace, there.values)
    adapter = replace(adapter, path=f"{metrics.path}.prometheusAdapter.values")
    return Monitoring(
        resource_metrics=True,
        collector=collector,
        adapter=adapter,
        exports=tuple(shape.export for shape in servers),
        scrapes=tuple(shape.scrape("PodMonitor", collector.selects["PodMonitor"]) for shape in servers),
        scalers=tuple(_scaler(shape, adapter) for shape in servers),
        rules=_rules(stack, collector.selects["PrometheusRule"]),
        apis=(MetricsApi(path=metrics.path, group="custom.metrics.k8s.io", owner=owner),),
        there=frozenset({"collector", "adapter"}),
    )


def _rules(stack: Stack, labels: Mapping[str, str]) -> tuple[RecordingRule, ...]:
    return tuple(
        RecordingRule(record=record, query=promql.read(expression), labels=labels)
        for record, expression in recorded(stack).items()
    )


def _actuator(metrics: PrometheusMetrics, servers: Sequence[Shape]) -> tuple[Adapter, MetricsApi]:
    """Return what sets replicas, and the metrics API that it owns."""
    match metrics.args.actuator:
        case PrometheusAdapterArgs():
            own = adapter_values(shape.scaling.series for shape in servers)
            adapter = charts.prometheus_adapter(ADAPTER, NAMESPACE, merged(own, metrics.adapter))
            return (
                replace(adapter, path="values.prometheusAdapter"),
                MetricsApi(path="values", group="custom.metrics.k8s.io", owner=f"{NAMESPACE}/{ADAPTER}"),
            )
        case KedaArgs():
            path, name = "values.kubePrometheusStack", keda_settings.NAME
            return (
                Keda(path=path, url=keda_settings.SERVER),
                MetricsApi(path=path, group="external.metrics.k8s.io", owner=f"{name}/{name}"),
            )


def _scaler(shape: Shape, adapter: Adapter) -> Scaler:
    scaler = shape.scaling.scaler(shape.export, shape.scaling.series.name)
    if not isinstance(adapter, Keda):
        return scaler
    asked = keda_settings.query(shape.scaling.series, shape.name, shape.export.workload.namespace)
    [metric] = scaler.metrics
    return replace(scaler, metrics=(replace(metric, type="External", query=promql.read(asked)),))
