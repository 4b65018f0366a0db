"""Whether a pod fits a node, as far as the node autoscaler must judge it before the node exists.

It follows the scheduler on resources, node selectors, required node affinity and taints. It knows neither affinity
between pods nor topology spread, ports or volumes: a pod that only these keep off a node counts as fitting.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from rehearsal.client import Json
from slipway.checks.quantities import quantity
from slipway.checks.selectors import holds

Resources = dict[str, Decimal]
"""Amounts by resource name, in base units: cores, bytes, pieces."""


def requests(pod: Json) -> Resources:
    """Return what the scheduler sets aside for a pod, itself counted as one of the node's `pods`.

    Containers add up, with the init containers that stay (sidecars); the others run one after another before them.
    """
    spec = pod["spec"]
    running: Resources = {"pods": Decimal(1)}
    peak: Resources = {}
    for container in spec.get("initContainers", []):
        if container.get("restartPolicy") == "Always":
            running = _sum(running, _of_container(container))
        else:
            peak = _most(peak, _sum(running, _of_container(container)))
    for container in spec["containers"]:
        running = _sum(running, _of_container(container))
    overhead = {name: quantity(amount) for name, amount in spec.get("overhead", {}).items()}
    return _sum(_most(running, peak), overhead)


def free(node: Json, pods: Iterable[Json]) -> Resources:
    """Return what a node still has for pods, when `pods` run on it."""
    left = {name: quantity(amount) for name, amount in node["status"].get("allocatable", {}).items()}
    for pod in pods:
        left = _sum(left, {name: -amount for name, amount in requests(pod).items()})
    return left


def fits(pod: Json, node: Json, left: Resources) -> bool:
    """Tell whether the scheduler could put `pod` on `node`, on which `left` is free.

    Taints that Kubernetes sets by itself, such as that of a node that is not ready yet, are passed over.
    """
    spec, labels = pod["spec"], node["metadata"].get("labels", {})
    taints = [taint for taint in node["spec"].get("taints", []) if not taint["key"].startswith("node.kubernetes.io/")]
    return (
        all(left.get(name, Decimal(0)) >= amount for name, amount in requests(pod).items() if amount)
        and all(labels.get(name) == value for name, value in spec.get("nodeSelector", {}).items())
        and _affinity_allows(spec, node)
        and all(_tolerated(taint, spec.get("tolerations", [])) for taint in taints)
    )


def take(left: Resources, pod: Json) -> Resources:
    """Return what is free once `pod` runs there too."""
    return _sum(left, {name: -amount for name, amount in requests(pod).items()})


def selects(selector: Json, labels: Mapping[str, str]) -> bool:
    """Tell whether a label selector, with `matchLabels` and `matchExpressions`, meets these labels."""
    equal: Mapping[str, str] = selector.get("matchLabels") or {}
    expressions: list[Json] = selector.get("matchExpressions") or []
    return equal.items() <= labels.items() and all(matches(labels, each) for each in expressions)


def _affinity_allows(spec: Json, node: Json) -> bool:
    affinity: Json = spec.get("affinity") or {}
    of_nodes: Json = affinity.get("nodeAffinity") or {}
    required: Json = of_nodes.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    labels, fields = node["metadata"].get("labels", {}), {"metadata.name": node["metadata"]["name"]}
    terms: list[Json] = required.get("nodeSelectorTerms", [])
    return not terms or any(
        all(matches(labels, each) for each in term.get("matchExpressions", []))
        and all(matches(fields, each) for each in term.get("matchFields", []))
        for term in terms
        if term
    )


def matches(labels: Mapping[str, str], expression: Json) -> bool:
    """Tell whether labels meet a requirement on nodes, which may compare numbers, too."""
    value, values = labels.get(expression["key"]), expression.get("values", [])
    match expression["operator"]:
        case "Gt":
            return value is not None and int(value) > int(values[0])
        case "Lt":
            return value is not None and int(value) < int(values[0])
        case _:
            return holds(expression, labels)


def _tolerated(taint: Json, tolerations: Iterable[Json]) -> bool:
    if taint["effect"] == "PreferNoSchedule":
        return True
    return any(
        toleration.get("effect", taint["effect"]) == taint["effect"]
        and toleration.get("key", taint["key"]) == taint["key"]
        and (toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", ""))
        for toleration in tolerations
    )


def _of_container(container: Json) -> Resources:
    # The API server copies limits to the requests that are not stated.
    stated: Mapping[str, Any] = container.get("resources", {}).get("requests", {})
    return {name: quantity(amount) for name, amount in stated.items()}


def _sum(one: Resources, other: Resources) -> Resources:
    return {name: one.get(name, Decimal(0)) + other.get(name, Decimal(0)) for name in one.keys() | other.keys()}


def _most(one: Resources, other: Resources) -> Resources:
    return {name: max(one.get(name, Decimal(0)), other.get(name, Decimal(0))) for name in one.keys() | other.keys()}
