"""What people see of the servers in a cluster's Grafana and Prometheus: dashboards, alerts and recorded series."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.alerts import alert_group
from slipway.addons.dashboards.servers import dashboards
from slipway.addons.monitoring_settings import SCRAPE_SECONDS, SELECTED
from slipway.addons.observed import ObservedServer
from slipway.custom_resources import custom_resource
from slipway.custom_resources.monitoring import PrometheusRule, Rule, RuleGroup

LOADED = {"grafana_dashboard": "1"}
"""The label by which the sidecar of Grafana finds dashboards, as kube-prometheus-stack sets it."""


class Observability(pulumi.ComponentResource):
    """A dashboard for each engine, alerts for each server, and the rules that record series of engines."""

    def __init__(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        servers: Sequence[ObservedServer],
        recorded: Mapping[str, str],
        selected: Mapping[str, str] = SELECTED,
        operator: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            namespace: of Prometheus and Grafana.
            recorded: PromQL of each series that Prometheus is to record, by its name.
            selected: labels of the rules that Prometheus reads.
            operator: what defines rules; they are created after it and deleted before it.
        """
        super().__init__("slipway:addons:Observability", name, None, opts)
        after = pulumi.ResourceOptions(parent=self, depends_on=operator)
        for dashboard in dashboards(servers):
            # A name of its own has the old one deleted first: the sidecar would otherwise remove the new one's file.
            k8s.core.v1.ConfigMap(
                f"{name}-{dashboard.uid}",
                metadata={
                    "name": f"dashboard-{dashboard.uid}",
                    "namespace": namespace,
                    "labels": LOADED,
                },
                data={f"{dashboard.uid}.json": dashboard.document()},
                opts=after,
            )
        for server in servers:
            custom_resource(
                f"{name}-{server.name}-alerts",
                PrometheusRule(groups=[alert_group(server)]),
                metadata={"name": f"{server.name}-alerts", "namespace": namespace, "labels": dict(selected)},
                opts=after,
            )
        if recorded:
            rules = [Rule(record=record, expr=expr) for record, expr in recorded.items()]
            custom_resource(
                f"{name}-recorded",
                PrometheusRule(groups=[RuleGroup(name="recorded", interval=f"{SCRAPE_SECONDS}s", rules=rules)]),
                metadata={"name": "recorded", "namespace": namespace, "labels": dict(selected)},
                opts=after,
            )
        self.register_outputs({})
