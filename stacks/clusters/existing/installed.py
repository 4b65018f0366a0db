"""Judgement over what a cluster that is there already must have itself."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from slipway.addons.metrics import InstalledMetrics, PrometheusMetrics
from slipway.addons.monitoring_settings import ADAPTER, STACK
from slipway.checks import Finding
from slipway.checks.charts import value_findings
from slipway.checks.charts.selection import monitor_findings
from slipway.checks.charts.values import at
from slipway.checks.credentials import credentials_in

if TYPE_CHECKING:
    from stacks.clusters.existing import ExistingStack

RULES_ELSEWHERE = "rules.existing"
"""Key of prometheus-adapter's chart that names a ConfigMap with its rules."""


def installed_findings(stack: "ExistingStack") -> Iterator[Finding]:
    """Judge add-ons that nothing of the stack installs: whether they are there, and read what servers bring."""
    metrics = stack.metrics
    if isinstance(metrics, PrometheusMetrics):
        return
    vain = {"monitoring": "monitoring" in stack.model_fields_set, "cluster.storageClass": stack.cluster.storage_class}
    for path in (path for path, given in vain.items() if given):
        message = f"is for a Prometheus of Slipway, and with metrics.type {stack.cluster.metrics.type} there is none"
        yield Finding("cluster.monitoring", path, message, "leave it out")
    if isinstance(metrics, InstalledMetrics):
        yield from _prometheus_findings(stack, metrics)
        if any(pool.machine.chip.kind == "gpu" for pool in stack.pools.values()):
            yield from _add_on_findings(stack, "gpu-operator", "no pod gets a GPU without a device plugin")
    if any(server.needs_nim_operator for server in stack.servers.values()):
        yield from _add_on_findings(stack, "nim-operator", "nobody makes pods of a NIMService without its operator")


def _add_on_findings(stack: "ExistingStack", name: str, why: str) -> Iterator[Finding]:
    if name not in stack.cluster.present:
        message = f"has no {name}: {why}, and with metrics.type {stack.cluster.metrics.type} Slipway installs none"
        yield Finding("cluster.add-on", "cluster.present", message, f"install it, and add {name}")


def _prometheus_findings(stack: "ExistingStack", metrics: InstalledMetrics) -> Iterator[Finding]:
    stack_path, adapter = f"{metrics.path}.kubePrometheusStack.values", f"{metrics.path}.prometheusAdapter.values"
    charts = [(stack_path, STACK, metrics.stack.values), (adapter, ADAPTER, metrics.adapter.values)]
    for path, chart, values in charts:
        # Which keys there are depends on the chart's version, and that of the cluster is its own.
        yield from (each for each in value_findings(path, chart, values) if each.code == "values.wrong-type")
        for place in credentials_in(values):
            message = "would show a credential in clear text, and nothing of how Prometheus reads servers needs it"
            yield Finding("cluster.installed-secret", f"{path}{place}", message, "leave it out")
    if isinstance(name := at(metrics.adapter.values, RULES_ELSEWHERE), str) and name:
        message = f"the adapter's rules are in ConfigMap {name}, which no stack file shows"
        yield Finding("cluster.rules", f"{adapter}.{RULES_ELSEWHERE}", message, "state these rules as rules.custom")
    if stack.namespace in (metrics.stack.namespace, metrics.adapter.namespace):
        message = f"{stack.namespace!r} has the cluster's Prometheus, and Slipway makes and closes that of the servers"
        yield Finding("cluster.namespace", "namespace", message, "write namespace: serving")
    with suppress(ValueError):  # What cannot be read is said with the rest of a signal's way.
        selects = metrics.prometheus.selects
        labels = {**selects["PodMonitor"], **selects["PrometheusRule"]}
        for key, value in cast("Mapping[str, object]", labels).items():
            if isinstance(value, str):
                continue
            message = f"the label {key} that it selects is no text: {value!r}"
            yield Finding("cluster.label", f"{stack_path}.prometheus.prometheusSpec", message, "write it in quotes")
        yield from monitor_findings(stack_path, metrics.stack.values, labels, stack.namespace)
