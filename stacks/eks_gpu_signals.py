"""The way of each server's signal in an `eks-gpu` stack, from its settings alone: what its components will create."""

from dataclasses import replace

from catalog.engines import NIM
from catalog.nim import metrics_path, signals
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
from stacks.eks_gpu import EksGpu, GpuServer


def monitoring(settings: EksGpu) -> Monitoring:
    """Return everything between the stack's pods and its autoscalers; a person's values of the charts count.

    Raises:
        ValueError: a query, a duration or a port that a person gives cannot be read.
    """
    values = settings.values
    exports = tuple(_export(settings, name, server) for name, server in settings.servers.items())
    servers = tuple(settings.servers.values())
    prometheus = stack_values(
        retention_days=settings.monitoring.retention_days,
        storage_gib=settings.monitoring.storage_gib,
        storage_class="",
    )
    adapter = adapter_values(signals(server.version)[server.autoscaling.metric.signal] for server in servers)
    return Monitoring(
        cloud="eks",
        collector=charts.prometheus(STACK, NAMESPACE, merged(prometheus, values.kube_prometheus_stack)),
        adapter=replace(
            charts.prometheus_adapter(ADAPTER, NAMESPACE, merged(adapter, values.prometheus_adapter)),
            path="values.prometheusAdapter",
        ),
        exports=exports,
        scrapes=tuple(_scrape(export) for export in exports),
        scalers=tuple(_scaler(export, server) for export, server in zip(exports, servers, strict=True)),
        apis=(
            MetricsApi(path="values", group="custom.metrics.k8s.io", owner=f"{NAMESPACE}/{ADAPTER}"),
            MetricsApi(path="values", group="metrics.k8s.io", owner="kube-system/metrics-server"),
        ),
    )


def _export(settings: EksGpu, name: str, server: GpuServer) -> Export:
    return Export(
        path=f"servers.{name}",
        engine=NIM,
        version=server.version,
        workload=Workload("Deployment", settings.namespace, name),
        labels={"app.kubernetes.io/name": name},
        ports={"http": NIM.port},
        listens=int(server.extra_env.get("NIM_SERVER_PORT", NIM.port)),
    )


def _scrape(export: Export) -> Scrape:
    return Scrape(
        path=export.path,
        kind="PodMonitor",
        namespace=export.workload.namespace,
        labels=SELECTED,
        selector=export.labels,
        port="http",
        page=metrics_path(export.version),
        interval_seconds=SCRAPE_SECONDS,
    )


def _scaler(export: Export, server: GpuServer) -> Scaler:
    scaling = server.autoscaling
    return Scaler(
        path=f"{export.path}.autoscaling",
        target=export.workload,
        min_replicas=scaling.min_replicas,
        max_replicas=scaling.max_replicas,
        metrics=(
            ScalerMetric(
                path=f"{export.path}.autoscaling.metric",
                name=signals(server.version)[scaling.metric.signal].name,
                target=f"{round(scaling.metric.target * 1000)}m",
            ),
        ),
    )
