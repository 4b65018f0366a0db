"""The way of each server's signal in a `gke-tpu` stack, from its settings alone: what its components will create."""

from catalog.engines import VLLM
from catalog.versions import VLLM_TPU
from checks.signals import (
    Export,
    ManagedPrometheus,
    MetricsApi,
    Monitoring,
    Scrape,
    StackdriverAdapter,
    Workload,
    arguments,
)
from stacks.gke_tpu import GkeTpu, TpuServer
from stacks.gke_tpu.figures import slice_of

ADAPTER = "custom-metrics/custom-metrics-stackdriver-adapter"
SCRAPE_SECONDS = 15


def monitoring(settings: GkeTpu) -> Monitoring:
    """Return everything between the stack's pods and its autoscalers.

    The components state it a second time, in the objects that they create; a test holds the two against each other.
    """
    exports = tuple(_export(settings, name, server) for name, server in settings.servers.items())
    return Monitoring(
        cloud="gke",
        collector=ManagedPrometheus(),
        adapter=StackdriverAdapter(path="cluster", may_read=True),
        exports=exports,
        scrapes=tuple(_scrape(export) for export in exports),
        scalers=tuple(
            server.scaling.scaler(export, f"prometheus.googleapis.com|{series.name}|{series.kind}")
            for export, server in zip(exports, settings.servers.values(), strict=True)
            for series in (server.scaling.series,)
        ),
        apis=tuple(
            MetricsApi(path="cluster", group=group, owner=ADAPTER)
            for group in ("custom.metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io")
        ),
    )


def _export(settings: GkeTpu, name: str, server: TpuServer) -> Export:
    chips = slice_of(settings, server.pool)
    several_hosts = chips is not None and chips.hosts > 1
    given = {"--max-num-seqs": str(server.max_num_seqs), **arguments.options(server.extra_args)}
    return Export(
        path=f"servers.{name}",
        engine=VLLM,
        version=VLLM_TPU,
        workload=Workload("LeaderWorkerSet" if several_hosts else "Deployment", settings.namespace, name),
        labels={"app.kubernetes.io/name": name} | ({"role": "leader"} if several_hosts else {}),
        ports={"http": VLLM.port},
        listens=arguments.port(VLLM, given),
        batch=arguments.batch(given),
        options=arguments.switched_on(VLLM, given),
    )


def _scrape(export: Export) -> Scrape:
    return Scrape(
        path=export.path,
        kind="PodMonitoring",
        namespace=export.workload.namespace,
        selector=export.labels,
        port="http",
        page=VLLM.metrics_path,
        interval_seconds=SCRAPE_SECONDS,
    )
