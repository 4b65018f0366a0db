"""A Cloud Monitoring dashboard of the servers of an engine, from the series that the catalog says they export."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
import pulumi_gcp as gcp

from slipway.addons.dashboards.charts import Chart, Query, engine_charts
from slipway.checks.signals import Export

COLUMNS, WIDTH, HEIGHT = 48, 24, 16

WINDOW = "5m"
"""Of rates, so that quantiles have enough requests in them."""


class CloudDashboard(pulumi.ComponentResource):
    """The charts that every dashboard of an engine has, for all servers of the cluster.

    Attributes:
        url: the dashboard's page in the Google Cloud console.
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        export: Export,
        *,
        project: str,
        cluster: pulumi.Input[str],
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:addons:CloudDashboard", f"{name}-{export.engine.name}", None, opts)
        dashboard = gcp.monitoring.Dashboard(
            f"{name}-{export.engine.name}",
            project=project,
            dashboard_json=pulumi.Output.from_input(cluster).apply(partial(_dashboard, name, export)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=ready),
        )
        self.url = dashboard.id.apply(
            lambda id: (
                f"https://console.cloud.google.com/monitoring/dashboards/builder/{id.rpartition('/')[2]}"
                f"?project={project}"
            )
        )
        self.register_outputs({"url": self.url})


def _dashboard(name: str, export: Export, cluster: str) -> str:
    select = partial(_of_cluster, cluster)
    charts = engine_charts(export.engine, export.version, mode=export.mode, select=select, window=WINDOW)
    tiles = [
        {
            "xPos": (index * WIDTH) % COLUMNS,
            "yPos": index * WIDTH // COLUMNS * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "widget": _widget(chart),
        }
        for index, chart in enumerate(charts)
    ]
    return json.dumps(
        {"displayName": f"{export.engine.name} on {name}", "mosaicLayout": {"columns": COLUMNS, "tiles": tiles}}
    )


def _of_cluster(cluster: str, series: str) -> str:
    return f'{{__name__="{series}",cluster="{cluster}"}}'


def _widget(chart: Chart) -> dict[str, Any]:
    return {
        "title": f"{chart.title} ({chart.unit})",
        "xyChart": {"dataSets": [_data_set(query) for query in chart.queries]},
    }


def _data_set(query: Query) -> dict[str, Any]:
    # Labels in a legend are spelled otherwise here, and Cloud Monitoring shows them by itself.
    legend = {} if "{{" in query.legend else {"legendTemplate": query.legend}
    return {"plotType": "LINE", "timeSeriesQuery": {"prometheusQuery": query.expression}, **legend}
