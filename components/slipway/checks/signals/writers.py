"""Whether each metrics API has one owner, and each workload one that says how many replicas it has."""

from collections import defaultdict

from slipway.checks import Finding
from slipway.checks.signals.edges import MetricsApi, Monitoring, Scaler
from slipway.checks.signals.sources import Workload

ASKED = {
    "Pods": "custom.metrics.k8s.io",
    "Object": "custom.metrics.k8s.io",
    "External": "external.metrics.k8s.io",
    "Resource": "metrics.k8s.io",
}
"""The API that an autoscaler asks, by the type of the metric."""

BUILT_IN = MetricsApi(path="cluster", group="metrics.k8s.io", owner="the cluster's own metrics-server")


def writer_findings(monitoring: Monitoring) -> list[Finding]:
    """Judge who writes to the same thing."""
    return [*_api_findings(monitoring), *_replica_findings(monitoring)]


def _api_findings(monitoring: Monitoring) -> list[Finding]:
    owners: dict[str, list[MetricsApi]] = defaultdict(list)
    built_in = (BUILT_IN,) if monitoring.resource_metrics else ()
    for api in (*built_in, *monitoring.apis):
        if api.owner not in {other.owner for other in owners[api.group]}:
            owners[api.group].append(api)
    findings = [
        Finding(
            "signals.api",
            apis[-1].path,
            f"{group} has {len(apis)} owners, {' and '.join(api.owner for api in apis)}; a cluster has one, and the "
            "last to be installed takes the metrics of the others away",
            f"keep {apis[0].owner} only",
        )
        for group, apis in owners.items()
        if len(apis) > 1
    ]
    asked = {ASKED[metric.type]: metric.path for scaler in monitoring.scalers for metric in scaler.metrics}
    findings += [
        Finding(
            "signals.api",
            path,
            f"nobody answers for {group}, which the autoscaler asks: the value stays unknown",
            "install the adapter that owns it",
        )
        for group, path in asked.items()
        if group not in owners
    ]
    return findings + [
        Finding(
            "signals.api",
            api.path,
            f"{api.group} is to be answered by {api.owner}, which the stack does not have: discovery fails and every "
            "namespace stays Terminating when it is deleted",
            "create the adapter with its API, and delete the API first",
        )
        for api in monitoring.apis
        if not api.answered
    ]


def _replica_findings(monitoring: Monitoring) -> list[Finding]:
    scalers: dict[Workload, list[Scaler]] = defaultdict(list)
    for scaler in monitoring.scalers:
        scalers[scaler.target].append(scaler)
    findings = [
        Finding(
            "signals.replica",
            several[-1].path,
            f"{target} has {len(several)} autoscalers, {' and '.join(scaler.path for scaler in several)}, which undo "
            "each other's changes",
            "keep one, with all the metrics",
        )
        for target, several in scalers.items()
        if len(several) > 1
    ]
    return findings + [
        Finding(
            "signals.replica",
            export.path,
            f"{export.workload} states replicas, which its autoscaler changes: each update sets them back",
            "leave replicas out",
        )
        for export in monitoring.exports
        if export.states_replicas and export.workload in scalers
    ]
