"""The alerts of a server as policies of Cloud Monitoring, which tell its notification channels."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi
import pulumi_gcp as gcp

from slipway.addons.alerts import alert_group
from slipway.addons.observed import ObservedServer
from slipway.custom_resources.monitoring import Rule

EVALUATION_SECONDS = 60


class CloudAlerts(pulumi.ComponentResource):
    """A policy for each alert about each server, in PromQL over managed Prometheus."""

    def __init__(
        self,
        name: str,
        servers: Sequence[ObservedServer],
        *,
        channels: Sequence[str],
        project: pulumi.Input[str],
        cluster: pulumi.Output[str],
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them.

        Args:
            channels: whom they tell, as `projects/<project>/notificationChannels/<number>`.
        """
        super().__init__("slipway:addons:CloudAlerts", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=ready)
        for server in servers:
            queries = cluster.apply(
                lambda cluster, server=server: [
                    each.expr for each in alert_group(replace(server, cluster=cluster)).rules
                ]
            )
            for index, rule in enumerate(alert_group(server).rules):
                query = queries.apply(lambda found, index=index: found[index])
                _policy(name, server, rule, query, channels, project, child)
        self.register_outputs({})


def _policy(
    name: str,
    server: ObservedServer,
    rule: Rule,
    query: pulumi.Output[str],
    channels: Sequence[str],
    project: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> None:
    labels, texts = rule.labels or {}, rule.annotations or {}
    minutes = int(str(rule.for_).removesuffix("m"))
    gcp.monitoring.AlertPolicy(
        f"{name}-{server.name}-{rule.alert}",
        project=project,
        display_name=f"{rule.alert}: {server.name} of {name}",
        combiner="OR",
        severity=labels["severity"].upper(),
        conditions=[
            {
                "display_name": str(rule.alert),
                "condition_prometheus_query_language": {
                    "query": query,
                    "duration": f"{minutes * 60}s",
                    "evaluation_interval": f"{EVALUATION_SECONDS}s",
                    "alert_rule": rule.alert,
                    "labels": labels,
                    # No server has exported anything when the policy is made.
                    "disable_metric_validation": True,
                },
            }
        ],
        # Annotations hold templates of Prometheus, which Cloud Monitoring would show as they stand.
        documentation={"content": f"{texts['summary']}: {texts['runbook_url']}", "mime_type": "text/markdown"},
        notification_channels=list(channels),
        opts=opts,
    )
