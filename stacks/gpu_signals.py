"""The way of each server's signal in a stack with GPU nodes, from its settings alone."""

from dataclasses import replace

from checks.signals import Export, MetricsApi, Monitoring, Scaler, ScalerMetric, Scrape, Workload, charts
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
from stacks.gpu_servers import MetricsPage
from stacks.gpu_serving import GpuServing
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
    adapter = adapter_values(server.scaling.series for server in servers.values())
    return Monitoring(
        cloud="eks",
        collector=charts.prometheus(STACK, NAMESPACE, merged(prometheus, values.kube_prometheus_stack)),
        adapter=replace(
            charts.prometheus_adapter(ADAPTER, NAMESPACE, merged(adapter, values.prometheus_adapter)),
            path="values.prometheusAdapter",
        ),
        exports=tuple(exports.values()),
        scrapes=tuple(_scrape(exports[name], server.page) for name, server in servers.items()),
        scalers=tuple(_scaler(exports[name], server.scaling) for name, server in servers.items()),
        rules=tuple(rule for name, server in servers.items() for rule in server.rules(f"servers.{name}")),
        apis=(
            MetricsApi(path="values", group="custom.metrics.k8s.io", owner=f"{NAMESPACE}/{ADAPTER}"),
            MetricsApi(path="values", group="metrics.k8s.io", owner="kube-system/metrics-server"),
        ),
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


def _scaler(export: Export, scaling: Scaling) -> Scaler:
    return Scaler(
        path=f"{export.path}.autoscaling",
        target=export.workload,
        min_replicas=scaling.min_replicas,
        max_replicas=scaling.max_replicas,
        metrics=(
            ScalerMetric(
                path=f"{export.path}.autoscaling.metric",
                name=scaling.series.name,
                target=f"{round(scaling.target * 1000)}m",
            ),
        ),
    )
