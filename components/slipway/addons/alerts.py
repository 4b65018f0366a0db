"""Alerts about a server that is not scaled as it should be, each with a page in docs/runbooks that says what to do.

Pods that crash, a Deployment that does not become ready and a metrics API that nobody answers for have alerts already,
in the default rules of kube-prometheus-stack. Who is told of them is decided elsewhere: by Alertmanager, or by the
notification channels of Cloud Monitoring.
"""

from typing import Literal

from slipway.addons.observed import ObservedServer, per_pod
from slipway.checks.signals.presence import absence
from slipway.checks.signals.targets import TOLERANCE
from slipway.custom_resources.monitoring import Rule, RuleGroup

RUNBOOKS = "docs/runbooks"
"""Where the pages lie in this repository."""

NEARLY_FULL = 0.95
"""Share of the KV cache above which vLLM soon has to throw requests out and compute them again."""

Severity = Literal["critical", "warning"]
"""`critical` where the autoscaler is blind, `warning` where it sees what is wrong and cannot help."""


def alert_group(server: ObservedServer) -> RuleGroup:
    """Return the alerts about a server."""
    rules = [
        _scaling_not_active(server),
        _signal_absent(server),
        _signal_above_target(server),
        _replicas_at_maximum(server),
        _pods_pending_for_lack_of_nodes(server),
    ]
    if full := _kv_cache_nearly_full(server):
        rules.append(full)
    return RuleGroup(name=f"{server.namespace}/{server.name}", rules=rules)


def _scaling_not_active(server: ObservedServer) -> Rule:
    condition = 'condition="ScalingActive",status!="true"'
    return _alert(
        server,
        "ScalingNotActive",
        "critical",
        f"max(kube_horizontalpodautoscaler_status_condition{{{_scaler(server)},{condition}}}) == 1"
        f" and {_ready(server)} > 0",
        minutes=10,
        summary=f"The autoscaler of {server.name} cannot compute a number of replicas",
        description=f"Replicas are ready, and their number has not followed {server.signal.name} for ten minutes.",
    )


def _signal_absent(server: ObservedServer) -> Rule:
    exporting = f"count({per_pod(server.signal, server.of_pods(server.signal.name))} >= 0)"
    return _alert(
        server,
        "SignalAbsent",
        "critical",
        f"{_ready(server)} > scalar({exporting} or vector(0))",
        minutes=5,
        summary=f"Not every replica of {server.name} exports {server.signal.name}",
        description="{{ $value }} replicas are ready, and fewer have a value of the signal: the autoscaler guesses.",
    )


def _signal_above_target(server: ObservedServer) -> Rule:
    return _alert(
        server,
        "SignalAboveTarget",
        "warning",
        f"{_average(server)} > {TOLERANCE * server.target:g} unless {_at_maximum(server)}",
        minutes=30,
        summary=f"More replicas of {server.name} do not come or do not help",
        description=f"{server.signal.name} is {{{{ $value | humanize }}}} on average, {server.target:g} is the target, "
        "and the autoscaler may add replicas.",
    )


def _replicas_at_maximum(server: ObservedServer) -> Rule:
    return _alert(
        server,
        "ReplicasAtMaximum",
        "warning",
        f"{_average(server)} > {TOLERANCE * server.target:g} and {_at_maximum(server)}",
        minutes=15,
        summary=f"{server.name} has all the replicas that it may have, and they are not enough",
        description=f"{server.signal.name} is {{{{ $value | humanize }}}} on average; {server.target:g} is the target.",
    )


def _pods_pending_for_lack_of_nodes(server: ObservedServer) -> Rule:
    return _alert(
        server,
        "PodsPendingForLackOfNodes",
        "warning",
        f"sum(kube_pod_status_unschedulable{{{server.pods}}}) > 0",
        minutes=15,
        summary=f"Replicas of {server.name} find no node",
        description="{{ $value }} pods cannot be scheduled, and no node has come for them in a quarter of an hour.",
    )


def _kv_cache_nearly_full(server: ObservedServer) -> Rule | None:
    """Return the alert where the pods export how full their KV cache is."""
    export = server.export
    shares = [
        series
        for series in export.engine.exports
        if series.signal == "kv-cache-use"
        and series.is_in(export.version)
        and absence(series.name, export, series) is None
    ]
    if not shares:
        return None
    [share] = shares
    return _alert(
        server,
        "KvCacheNearlyFull",
        "warning",
        f"{per_pod(share, server.of_pods(share.name))} > {NEARLY_FULL:g}",
        minutes=10,
        summary=f"A replica of {server.name} has almost no room for the context of further requests",
        description="{{ $value | humanizePercentage }} of the KV cache of {{ $labels.pod }} is in use.",
    )


def _alert(
    server: ObservedServer,
    name: str,
    severity: Severity,
    expr: str,
    *,
    minutes: int,
    summary: str,
    description: str,
) -> Rule:
    return Rule.model_validate(
        {
            "alert": name,
            "expr": expr,
            "for": f"{minutes}m",
            "labels": {"severity": severity, "namespace": server.namespace, "server": server.name},
            "annotations": {
                "summary": summary,
                "description": description,
                "runbook_url": f"{RUNBOOKS}/{name}.md",
            },
        }
    )


def _average(server: ObservedServer) -> str:
    return f"avg({per_pod(server.signal, server.of_pods(server.signal.name))})"


def _at_maximum(server: ObservedServer) -> str:
    wanted = f"kube_horizontalpodautoscaler_status_desired_replicas{{{_scaler(server)}}}"
    most = f"kube_horizontalpodautoscaler_spec_max_replicas{{{_scaler(server)}}}"
    return f"max({wanted}) >= max({most})"


def _ready(server: ObservedServer) -> str:
    # GKE's own collection has no kube_deployment_status_replicas_ready; here available pods are all that are ready.
    return f'max(kube_deployment_status_replicas_available{{{server.place},deployment="{server.name}"}})'


def _scaler(server: ObservedServer) -> str:
    return f'{server.place},horizontalpodautoscaler="{server.name}"'
