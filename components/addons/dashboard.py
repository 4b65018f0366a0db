"""A Cloud Monitoring dashboard of the vLLM servers of a cluster, from the series that the catalog says they export."""

import json
from typing import Any

import pulumi
import pulumi_gcp as gcp

from catalog.engines import VLLM, Series
from components.gke.project import Project

COLUMNS, WIDTH, HEIGHT = 48, 24, 16


class VllmDashboard(pulumi.ComponentResource):
    """One chart for each signal and for each other series that tells how the servers do.

    Attributes:
        url: the dashboard's page in the Google Cloud console.
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        project: Project,
        cluster: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:VllmDashboard", name, None, opts)
        dashboard = gcp.monitoring.Dashboard(
            name,
            project=project.id,
            dashboard_json=pulumi.Output.from_input(cluster).apply(lambda cluster: _dashboard(name, cluster)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[project.apis["monitoring"]]),
        )
        self.url = dashboard.id.apply(
            lambda id: (
                f"https://console.cloud.google.com/monitoring/dashboards/builder/{id.rpartition('/')[2]}"
                f"?project={project.id}"
            )
        )
        self.register_outputs({"url": self.url})


def _dashboard(name: str, cluster: str) -> str:
    series = [*VLLM.signals.values(), *VLLM.series]
    tiles = [
        {
            "xPos": (index * WIDTH) % COLUMNS,
            "yPos": index * WIDTH // COLUMNS * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "widget": _chart(one, cluster),
        }
        for index, one in enumerate(series)
    ]
    return json.dumps({"displayName": f"vLLM on {name}", "mosaicLayout": {"columns": COLUMNS, "tiles": tiles}})


def _chart(series: Series, cluster: str) -> dict[str, Any]:
    return {
        "title": f"{series.name} ({series.unit})",
        "xyChart": {
            "dataSets": [
                {"plotType": "LINE", "timeSeriesQuery": {"prometheusQuery": _query(series, f'cluster="{cluster}"')}}
            ]
        },
    }


def _query(series: Series, selector: str) -> str:
    """Return what says most about a series: a gauge as it is, a counter's rate, a histogram's 95th percentile."""
    match series.kind:
        case "gauge":
            return f'sum by (pod) ({{__name__="{series.name}",{selector}}})'
        case "counter":
            return f'sum by (pod) (rate({{__name__="{series.name}",{selector}}}[2m]))'
        case "histogram":
            buckets = f'rate({{__name__="{series.name}_bucket",{selector}}}[5m])'
            return f"histogram_quantile(0.95, sum by (le, pod) ({buckets}))"
