"""Everything that is wrong with the values of a stack's charts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from slipway.catalog.charts import EFA_DEVICE_PLUGIN, LOAD_BALANCER_CONTROLLER
from slipway.catalog.machines import GPU_RESOURCE
from slipway.catalog.machines.general import Room
from slipway.checks import Finding
from slipway.checks.charts import monitoring_rules, node_rules
from slipway.checks.charts.gpu_sharing import sharing_findings
from slipway.checks.charts.keys import value_findings
from slipway.checks.charts.resources import resource_findings
from slipway.checks.charts.rules import Rule
from slipway.checks.charts.selection import (
    Taint,
    cluster_findings,
    monitor_findings,
    toleration_findings,
    watch_findings,
)
from slipway.checks.charts.values import ABSENT, StackChart, at, block, merged
from slipway.checks.credentials import credentials_in

RULES: Mapping[str, tuple[Rule, ...]] = {
    "kube-prometheus-stack": monitoring_rules.KUBE_PROMETHEUS_STACK,
    "prometheus-adapter": monitoring_rules.PROMETHEUS_ADAPTER,
    "keda": monitoring_rules.KEDA,
    "metrics-server": monitoring_rules.METRICS_SERVER,
    "gpu-operator": node_rules.GPU_OPERATOR,
    "cluster-autoscaler": node_rules.CLUSTER_AUTOSCALER,
    "karpenter": node_rules.KARPENTER,
    LOAD_BALANCER_CONTROLLER: node_rules.LOAD_BALANCER_CONTROLLER,
    "k8s-nim-operator": node_rules.NIM_OPERATOR,
    "lws": node_rules.LEADER_WORKER_SET,
    EFA_DEVICE_PLUGIN: node_rules.EFA_DEVICE_PLUGIN,
}
"""By the name of the chart."""

SPEC = "prometheus.prometheusSpec"
LAST = f"{SPEC}.additionalConfig"
"""What kube-prometheus-stack puts over the Prometheus object last."""

SHOWN = 60
"""Characters of a value that a finding shows."""

GPU_TAINT = Taint(GPU_RESOURCE, "present", "NoSchedule")

TOLERATIONS = {
    "gpu-operator": ("daemonsets.tolerations", "node-feature-discovery.worker.tolerations"),
    EFA_DEVICE_PLUGIN: ("tolerations",),
}
"""Of pods that run on each GPU node."""

WATCHING = ("keda", LOAD_BALANCER_CONTROLLER)
"""Those that may be told to watch some namespaces only."""

ARGUMENTS = ("--prometheus-url", "--config", "--secure-port", "--metrics-relist-interval", "--metrics-max-age")
"""Of prometheus-adapter, that its chart writes from values which are judged."""


BUILT_IN_CLASSES = ("system-cluster-critical", "system-node-critical")
"""Priority classes of Kubernetes itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the values of charts have to suit.

    Attributes:
        namespace: of the servers.
        own_cluster: whether nothing is in the cluster but what the stack puts there.
        classes: names of the stack's own priority classes.
        driver: branch of the NVIDIA driver in the image of its nodes, which has the container toolkit, too; None if
            that is not known.
        machine: of the nodes that add-ons run on; empty where others see to them.
        room: what such a node leaves to pods, where that is known.
    """

    namespace: str
    own_cluster: bool
    classes: frozenset[str] = frozenset()
    driver: int | None
    machine: str = ""
    room: Room | None = None


def chart_findings(charts: Mapping[str, StackChart], around: Around) -> list[Finding]:
    """Judge the values of charts, by the chart's name."""
    return [finding for name, values in charts.items() for finding in _findings(name, values, around)]


def _findings(name: str, values: StackChart, around: Around) -> Iterator[Finding]:
    if not values.given:
        return
    if not values.installed:
        message = f"the stack does not install {name}, so nothing reads it"
        yield Finding("values.unused", values.path, message, "leave it out", "warning")
        return
    misread = [*value_findings(values.path, name, values.given)]
    yield from misread
    paths = {finding.path for finding in misread}
    for rule in RULES.get(name, ()):
        for key in dict.fromkeys((rule.key, rule.key.replace(SPEC, LAST))):
            value = at(values.given, key)
            if value is not ABSENT and f"{values.path}.{key}" not in paths and rule.breaks(value):
                yield _broken(f"{values.path}.{key}", rule, value, around)
    for place in credentials_in(values.given):
        message = "would show a credential in clear text, in the stack file, in the state and in the release"
        remedy = f"make a Secret, and name it by the key that {name} has for one"
        yield Finding("values.secret", f"{values.path}{place}", message, remedy)
    if around.own_cluster:
        # Where Prometheus itself is, is proven with the rest of the way of a signal.
        proven = {"namespaceOverride"} if name == "kube-prometheus-stack" else set[str]()
        rest = {key: value for key, value in values.given.items() if key not in proven}
        yield from cluster_findings(values.path, rest, {*around.classes, *BUILT_IN_CLASSES})
    # Pods that run on each GPU node have its room.
    room = None if name in TOLERATIONS else around.room
    yield from resource_findings(values.path, values.given, values.merged, around.machine, room)
    yield from _special_findings(name, values, around)


def _special_findings(name: str, values: StackChart, around: Around) -> Iterator[Finding]:
    path, together = values.path, values.merged
    for finding in toleration_findings(path, together, TOLERATIONS.get(name, ()), GPU_TAINT):
        yield finding if around.own_cluster else replace(finding, severity="warning")
    if name in WATCHING:
        yield from watch_findings(path, together, around.namespace)
    match name:
        case "kube-prometheus-stack":
            labels = block(values.own, "prometheus.prometheusSpec.podMonitorSelector.matchLabels")
            over = {"prometheus": {"prometheusSpec": block(together, LAST)}}
            yield from monitor_findings(path, merged(together, over), labels, around.namespace)
        case "prometheus-adapter":
            yield from _argument_findings(f"{path}.extraArguments", together.get("extraArguments"))
        case "gpu-operator":
            yield from sharing_findings(path, together)
            yield from _driver_findings(path, together, around.driver)
        case _:
            pass


def _broken(path: str, rule: Rule, value: object, around: Around) -> Finding:
    severity = "warning" if rule.elsewhere and not around.own_cluster else rule.severity
    shown = json.dumps(value, default=str)
    shown = shown if len(shown) <= SHOWN else "given"
    return Finding(rule.code, path, f"is {shown}: {rule.reason}", rule.remedy, severity)


def _argument_findings(path: str, arguments: object) -> Iterator[Finding]:
    for argument in cast("list[object]", arguments if isinstance(arguments, list) else []):
        name = str(argument).partition("=")[0]
        if name in ARGUMENTS:
            message = f"{name} overrides what the chart's own values say, by which the servers' signals are judged"
            remedy = "write it under prometheus, rules or metricsRelistInterval"
            yield Finding("values.judged-argument", path, message, remedy)


def _driver_findings(path: str, values: Mapping[str, Any], driver: int | None) -> Iterator[Finding]:
    """Judge a driver and a toolkit that the operator is to install on nodes whose image brings them."""
    for part in ("driver", "toolkit") if driver else ():
        if at(values, f"{part}.enabled") is True:
            yield Finding(
                "values.driver-twice",
                f"{path}.{part}.enabled",
                f"is true, and the nodes' image has driver {driver} and the container toolkit: a second breaks them",
                "leave it out",
            )
