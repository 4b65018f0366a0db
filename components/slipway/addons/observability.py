"""What people see of the servers in a cluster's Grafana and Prometheus: dashboards, alerts and recorded series."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from slipway.addons.alerts import alert_group
from slipway.addons.dashboards.servers import dashboards
from slipway.addons.monitoring_settings import SCRAPE_SECONDS
from slipway.addons.observed import ObservedServer
from slipway.addons.wires import PrometheusWires
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
        monitoring: PrometheusWires,
        servers: Sequence[ObservedServer],
        recorded: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            monitoring: the Prometheus that reads rules, and beside it Grafana.
            recorded: PromQL of each series that Prometheus is to record, by its name.
        """
        super().__init__("slipway:addons:Observability", name, None, opts)
        selected = dict(monitoring.selected)
        after = pulumi.ResourceOptions(parent=self, depends_on=monitoring.ready)
        for dashboard in dashboards(servers):
            # A name of its own has the old one deleted first: the sidecar would otherwise remove the new one's file.
            k8s.core.v1.ConfigMap(
                f"{name}-{dashboard.uid}",
                metadata={
                    "name": f"dashboard-{dashboard.uid}",
                    "namespace": monitoring.namespace,
                    "labels": LOADED,
                },
                data={f"{dashboard.uid}.json": dashboard.document()},
                opts=after,
            )
        for server in servers:
            custom_resource(
                f"{name}-{server.name}-alerts",
                PrometheusRule(groups=[alert_group(server)]),
                metadata={
                    "name": f"{server.name}-alerts",
                    "namespace": monitoring.namespace,
                    "labels": selected,
                },
                opts=after,
            )
        if recorded:
            rules = [Rule(record=record, expr=expr) for record, expr in recorded.items()]
            custom_resource(
                f"{name}-recorded",
                PrometheusRule(groups=[RuleGroup(name="recorded", interval=f"{SCRAPE_SECONDS}s", rules=rules)]),
                metadata={"name": "recorded", "namespace": monitoring.namespace, "labels": selected},
                opts=after,
            )
        self.register_outputs({})
