"""Dashboards of servers: one for each engine that a stack has, on which a person chooses the server.

Beside what the engine exports they show replicas and GPUs, from kube-state-metrics and the DCGM exporter.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from slipway.addons.dashboards.charts import Chart, Query, engine_charts
from slipway.addons.dashboards.grafana import TARGET, Dashboard, dashboard
from slipway.addons.observed import ObservedServer, pods_of
from slipway.catalog.engines import release

SERVER = "server"
"""The variable of each dashboard."""

OF_KEDA = "s0-prometheus"
"""What KEDA calls the metric of a ScaledObject's first trigger, whatever its query asks for."""

UID_LENGTH = 40
"""Most characters of a uid in Grafana."""

WINDOW = "$__rate_interval"
"""Four scrapes or, where a point on the screen stands for more, that time: Grafana works it out."""


def dashboards(servers: Sequence[ObservedServer]) -> list[Dashboard]:
    """Return the dashboards that show these servers."""
    alike: dict[tuple[str, str, str], list[ObservedServer]] = defaultdict(list)
    for server in servers:
        alike[server.export.engine.name, server.export.mode, server.namespace].append(server)
    return [_dashboard(each) for each in alike.values()]


def _dashboard(servers: Sequence[ObservedServer]) -> Dashboard:
    export, namespace = servers[0].export, servers[0].namespace
    followed = {server.signal.name for server in servers}
    what = [part for part in (export.engine.name, export.mode) if part]
    return dashboard(
        "-".join([*what, namespace])[:UID_LENGTH].strip("-"),
        f"{' '.join(what)} in {namespace}",
        variable=SERVER,
        values=sorted(server.name for server in servers),
        charts=[
            *(_with_target(chart, namespace) if followed & {*chart.series} else chart for chart in _charts(servers)),
            _replicas(namespace),
            *_gpus(namespace),
        ],
    )


def _charts(servers: Sequence[ObservedServer]) -> list[Chart]:
    """Return the charts of all versions that the servers have: lines of what a version calls otherwise stay empty."""
    export, select = servers[0].export, partial(_of_chosen_pods, servers[0].namespace)
    charts: dict[str, Chart] = {}
    for version in sorted({server.export.version for server in servers}, key=release):
        for chart in engine_charts(export.engine, version, mode=export.mode, select=select, window=WINDOW):
            before = charts.get(chart.title, chart)
            charts[chart.title] = replace(
                before,
                series=tuple(dict.fromkeys([*before.series, *chart.series])),
                queries=tuple(dict.fromkeys([*before.queries, *chart.queries])),
            )
    return list(charts.values())


def _of_chosen_pods(namespace: str, series: str) -> str:
    return f"{series}{{{pods_of(f'${SERVER}', namespace)}}}"


def _with_target(chart: Chart, namespace: str) -> Chart:
    """Add the target of the autoscaler to the chart of a signal; a server that follows another one has none there."""
    names = "|".join([*chart.series, OF_KEDA])
    matchers = f'{_scaler(namespace)},metric_name=~"{names}",metric_target_type="average"'
    line = Query(f"max(kube_horizontalpodautoscaler_spec_target_metric{{{matchers}}})", TARGET)
    return replace(chart, queries=(*chart.queries, line))


def _replicas(namespace: str) -> Chart:
    scaler, deployment = _scaler(namespace), f'namespace="{namespace}",deployment="${SERVER}"'
    return Chart(
        title="Replicas",
        unit="replicas",
        series=("kube_horizontalpodautoscaler_status_desired_replicas", "kube_deployment_status_replicas_ready"),
        queries=(
            Query(f"max(kube_horizontalpodautoscaler_status_desired_replicas{{{scaler}}})", "wanted"),
            Query(f"max(kube_deployment_status_replicas_ready{{{deployment}}})", "ready"),
            Query(f"max(kube_horizontalpodautoscaler_spec_max_replicas{{{scaler}}})", "most"),
        ),
    )


def _gpus(namespace: str) -> list[Chart]:
    matchers = ",".join(f"exported_{matcher}" for matcher in pods_of(f"${SERVER}", namespace).split(",", 1))
    return [
        Chart(
            title=title,
            unit=unit,
            series=(series,),
            queries=(Query(f"avg by (exported_pod) ({series}{{{matchers}}})", "{{exported_pod}}"),),
        )
        for title, unit, series in (
            ("GPU in use", "per cent", "DCGM_FI_DEV_GPU_UTIL"),
            ("GPU memory in use", "MiB", "DCGM_FI_DEV_FB_USED"),
        )
    ]


def _scaler(namespace: str) -> str:
    return f'namespace="{namespace}",horizontalpodautoscaler="${SERVER}"'
