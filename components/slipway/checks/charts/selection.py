"""Whether selectors, namespaces and tolerations in values of charts still meet what a stack has."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from slipway.catalog.node_labels import KNOWN_DOMAINS
from slipway.checks import Finding
from slipway.checks.charts.values import ABSENT, at, block, maps
from slipway.checks.selectors import holds

MONITORING = "monitoring"
"""The namespace of Prometheus and of the rules that it reads."""

NAME_LABEL = "kubernetes.io/metadata.name"
"""Which Kubernetes puts on every namespace."""


class Taint(NamedTuple):
    """What keeps pods without a toleration for it off a node."""

    key: str
    value: str
    effect: str


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector meets an object with these labels."""
    return all(labels.get(key) == value for key, value in block(selector, "matchLabels").items()) and all(
        _meets(expression, labels) for expression in maps(selector.get("matchExpressions"))
    )


def _meets(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    try:
        return holds(expression, labels)
    except ValueError:  # Whatever a person wrote, it selects nothing.
        return False


def tolerates(tolerations: Any, taint: Taint) -> bool:
    """Whether one of a pod's tolerations is for a taint."""
    return any(
        toleration.get("key") in (None, "", taint.key)
        and (toleration.get("operator") == "Exists" or toleration.get("value") == taint.value)
        and toleration.get("effect") in (None, "", taint.effect)
        for toleration in maps(tolerations)
    )


def monitor_findings(path: str, values: Mapping[str, Any], own: Mapping[str, str], namespace: str) -> Iterator[Finding]:
    """Judge which monitors and rules kube-prometheus-stack reads.

    Args:
        values: of the chart, merged.
        own: labels of the stack's monitors and rules.
        namespace: of the servers and their monitors.
    """
    spec = block(values, "prometheus.prometheusSpec")
    for kind, what in (("podMonitor", "PodMonitors"), ("rule", "PrometheusRules")):
        selector = block(spec, f"{kind}Selector")
        by = "matchExpressions" if selector.get("matchExpressions") or kind == "podMonitor" else "matchLabels"
        # Whether labels meet PodMonitors is proven with the rest of the way of a signal.
        if by in selector and not selects({by: selector[by]}, own):
            message = f"does not meet the stack's {what}, which carry {_pairs(own)}"
            remedy = f"select {_pairs(own)}, or leave it out"
            yield Finding("values.selector", f"{path}.prometheus.prometheusSpec.{kind}Selector.{by}", message, remedy)
    for kind, what, where in (("podMonitor", "PodMonitors", namespace), ("rule", "rules and alerts", MONITORING)):
        wanted = {NAME_LABEL: where}
        if not selects(block(spec, f"{kind}NamespaceSelector"), wanted):
            yield Finding(
                "values.namespace",
                f"{path}.prometheus.prometheusSpec.{kind}NamespaceSelector",
                f"does not meet namespace {where}, in which the servers' {what} are",
                f"leave it out, or write matchLabels: {{{_pairs(wanted)}}}",
            )
    operator = block(values, "prometheusOperator")
    watched = block(operator, "namespaces").get("additional")
    denied: Sequence[str] = operator.get("denyNamespaces") or ()
    if block(operator, "namespaces") and namespace not in (watched or ()):
        yield _unwatched(f"{path}.prometheusOperator.namespaces", namespace, f"add {namespace} to additional")
    instances: Sequence[str] = operator.get("prometheusInstanceNamespaces") or (MONITORING,)
    if MONITORING not in instances:
        where = f"{path}.prometheusOperator.prometheusInstanceNamespaces"
        message = f"leaves out namespace {MONITORING}, so that the operator makes no Prometheus"
        yield Finding("values.namespace", where, message, f"add {MONITORING}, or leave it out")
    if namespace in denied:
        yield _unwatched(f"{path}.prometheusOperator.denyNamespaces", namespace, f"take {namespace} out")


def watch_findings(path: str, values: Mapping[str, Any], namespace: str) -> Iterator[Finding]:
    """Judge the namespaces that a controller watches: those in `watchNamespace`, all if there are none."""
    watched = at(values, "watchNamespace")
    if isinstance(watched, str) and watched and namespace not in [name.strip() for name in watched.split(",")]:
        yield _unwatched(f"{path}.watchNamespace", namespace, f"leave it out, or write {namespace}")


def toleration_findings(path: str, values: Mapping[str, Any], keys: Sequence[str], taint: Taint) -> Iterator[Finding]:
    """Judge tolerations of pods that run on each GPU node."""
    for key in keys:
        tolerations = at(values, key)
        if tolerations is not ABSENT and not tolerates(tolerations, taint):
            message = f"leaves out the taint {taint.key} of GPU nodes, so that none of them gets the pod"
            remedy = f"add {{key: {taint.key}, operator: Exists, effect: {taint.effect}}}"
            yield Finding("values.tolerations", f"{path}.{key}", message, remedy)


def _unwatched(path: str, namespace: str, remedy: str) -> Finding:
    return Finding("values.namespace", path, f"leaves out namespace {namespace}, in which the servers are", remedy)


def _pairs(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in labels.items())


def cluster_findings(path: str, values: Mapping[str, Any], classes: Collection[str]) -> Iterator[Finding]:
    """Judge what pods of any chart ask of a new cluster, in which nothing is of a person's own.

    Args:
        classes: the priority classes that there are.
    """
    for key, value in values.items():
        if key == "priorityClassName" and value and value not in classes:
            message = f"no priority class of the stack is called {value!r}, and Kubernetes refuses the pods"
            remedy = f"leave it out, or write {' or '.join(sorted(classes))}"
            yield Finding("values.priority-class", f"{path}.{key}", message, remedy)
        if key == "namespaceOverride" and value:
            message = f"puts objects of the chart into namespace {value!r}, where nobody looks for them"
            yield Finding("values.namespace", f"{path}.{key}", message, "leave it out")
        if isinstance(value, Mapping):
            below = {str(name): each for name, each in cast("Mapping[Any, Any]", value).items()}
            if key == "nodeSelector":
                strange = [name for name in below if not name.partition("/")[0].endswith(KNOWN_DOMAINS)]
                for name in strange:
                    message = f"no node of the stack has the label {name}, so that the pods wait for ever"
                    yield Finding("values.node-selector", f"{path}.{key}.{name}", message, "leave it out")
            else:
                yield from cluster_findings(f"{path}.{key}", below, classes)
