"""The way of each server's signal in a stack with GPU nodes, from its settings alone."""

from dataclasses import replace

from checks.signals import (
    Export,
    Keda,
    MetricsApi,
    Monitoring,
    RecordingRule,
    Scaler,
    Scrape,
    Workload,
    charts,
    promql,
)
from checks.signals.edges import Adapter
from components.addons import keda_settings
from components.addons.monitoring_settings import (
    ADAPTER,
    NAMESPACE,
    SCRAPE_SECONDS,
    SELECTED,
    STACK,
    adapter_values,
    merged,
    stack_values,
)
from components.eks.settings import KedaArgs, PrometheusAdapterArgs
from stacks.gpu.observed import recorded
from stacks.gpu.servers import MetricsPage
from stacks.gpu.serving import GpuServing
from stacks.scaling import Scaling


def monitoring(settings: GpuServing) -> Monitoring:
    """Return everything between the stack's pods and its autoscalers; a person's values of the charts count.

    Raises:
        ValueError: a query, a duration or a port that a person gives cannot be read.
    """
    values, servers = settings.values, settings.servers
    exports = {
        name: server.export(f"servers.{name}", Workload("Deployment", settings.namespace, name))
        for name, server in servers.items()
    }
    prometheus = stack_values(
        retention_days=settings.monitoring.retention_days,
        storage_gib=settings.monitoring.storage_gib,
        storage_class=None,
    )
    adapter, api = _actuator(settings)
    return Monitoring(
        cloud="eks",
        collector=charts.prometheus(STACK, NAMESPACE, merged(prometheus, values.kube_prometheus_stack)),
        adapter=adapter,
        exports=tuple(exports.values()),
        scrapes=tuple(_scrape(exports[name], server.page) for name, server in servers.items()),
        scalers=tuple(_scaler(exports[name], server.scaling, adapter) for name, server in servers.items()),
        rules=tuple(
            RecordingRule(record=record, query=promql.read(expression), labels=SELECTED)
            for record, expression in recorded(settings).items()
        ),
        apis=(api, MetricsApi(path="values", group="metrics.k8s.io", owner="kube-system/metrics-server")),
    )


def _actuator(settings: GpuServing) -> tuple[Adapter, MetricsApi]:
    """Return what sets replicas, and the metrics API that it owns."""
    match settings.monitoring.actuator:
        case PrometheusAdapterArgs():
            own = adapter_values(server.scaling.series for server in settings.servers.values())
            adapter = charts.prometheus_adapter(ADAPTER, NAMESPACE, merged(own, settings.values.prometheus_adapter))
            return (
                replace(adapter, path="values.prometheusAdapter"),
                MetricsApi(path="values", group="custom.metrics.k8s.io", owner=f"{NAMESPACE}/{ADAPTER}"),
            )
        case KedaArgs():
            path, name = "monitoring.actuator", keda_settings.NAME
            return (
                Keda(path=path, url=keda_settings.SERVER),
                MetricsApi(path=path, group="external.metrics.k8s.io", owner=f"{name}/{name}"),
            )


def _scrape(export: Export, page: MetricsPage) -> Scrape:
    return Scrape(
        path=export.path,
        kind="PodMonitor",
        namespace=export.workload.namespace,
        labels=SELECTED,
        selector=export.labels,
        port=page.port,
        page=page.path,
        interval_seconds=SCRAPE_SECONDS,
    )


def _scaler(export: Export, scaling: Scaling, adapter: Adapter) -> Scaler:
    scaler = scaling.scaler(export, scaling.series.name)
    if not isinstance(adapter, Keda):
        return scaler
    asked = keda_settings.query(scaling.series, export.workload.name, export.workload.namespace)
    [metric] = scaler.metrics
    return replace(scaler, metrics=(replace(metric, type="External", query=promql.read(asked)),))
