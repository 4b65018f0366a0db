"""Whether each metrics API has one owner, and each workload one that says how many replicas it has."""

from collections import defaultdict
from collections.abc import Iterator

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


def writer_findings(monitoring: Monitoring) -> Iterator[Finding]:
    """Judge who writes to the same thing."""
    yield from _api_findings(monitoring)
    yield from _replica_findings(monitoring)


def _api_findings(monitoring: Monitoring) -> Iterator[Finding]:
    owners: dict[str, list[MetricsApi]] = defaultdict(list)
    built_in = (BUILT_IN,) if monitoring.resource_metrics else ()
    for api in (*built_in, *monitoring.apis):
        if api.owner not in {other.owner for other in owners[api.group]}:
            owners[api.group].append(api)
    for group, apis in owners.items():
        if len(apis) > 1:
            message = (
                f"{group} has {len(apis)} owners, {' and '.join(api.owner for api in apis)}; a cluster has one, and "
                "the last to be installed takes the metrics of the others away"
            )
            yield Finding("signals.api", apis[-1].path, message, f"keep {apis[0].owner} only")
    asked = {ASKED[metric.type]: metric.path for scaler in monitoring.scalers for metric in scaler.metrics}
    for group, path in asked.items():
        if group not in owners:
            message = f"nobody answers for {group}, which the autoscaler asks: the value stays unknown"
            yield Finding("signals.api", path, message, "install the adapter that owns it")
    for api in monitoring.apis:
        if not api.answered:
            message = (
                f"{api.group} is to be answered by {api.owner}, which the stack does not have: discovery fails and "
                "every namespace stays Terminating when it is deleted"
            )
            remedy = "create the adapter with its API, and delete the API first"
            yield Finding("signals.api", api.path, message, remedy)


def _replica_findings(monitoring: Monitoring) -> Iterator[Finding]:
    scalers: dict[Workload, list[Scaler]] = defaultdict(list)
    for scaler in monitoring.scalers:
        scalers[scaler.target].append(scaler)
    for target, several in scalers.items():
        if len(several) > 1:
            paths = " and ".join(scaler.path for scaler in several)
            message = f"{target} has {len(several)} autoscalers, {paths}, which undo each other's changes"
            yield Finding("signals.replica", several[-1].path, message, "keep one, with all the metrics")
    for export in monitoring.exports:
        if export.states_replicas and export.workload in scalers:
            message = f"{export.workload} states replicas, which its autoscaler changes: each update sets them back"
            yield Finding("signals.replica", export.path, message, "leave replicas out")
