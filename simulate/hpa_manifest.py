"""A HorizontalPodAutoscaler as a manifest states it, and as the API server would complete it."""

import math
from collections.abc import Mapping
from typing import Any

from simulate.hpa import Autoscaler
from simulate.replica_count import Metric, PodsMetric, SharedMetric
from simulate.scaling_rules import DEFAULT_DOWN, DEFAULT_UP, Bounds, Policy, Rules
from slipway.checks.quantities import quantity


class UnsupportedMetricError(Exception):
    """A metric of a type that is not simulated: Resource and ContainerResource."""


def read(manifest: Mapping[str, Any]) -> Autoscaler:
    """Return the autoscaler that a manifest of autoscaling/v2 describes.

    Raises:
        UnsupportedMetricError: it follows CPU or memory.
    """
    spec = manifest["spec"]
    behavior: Mapping[str, Mapping[str, Any]] | None = spec.get("behavior")
    bounds = Bounds(
        minimum=spec.get("minReplicas", 1),
        maximum=spec["maxReplicas"],
        up=_rules((behavior or {}).get("scaleUp", {}), DEFAULT_UP),
        down=_rules((behavior or {}).get("scaleDown", {}), DEFAULT_DOWN),
        behavior=behavior is not None,
    )
    return Autoscaler(tuple(map(_metric, spec["metrics"])), bounds)


def thousandths(value: str | int) -> int:
    """Return a Kubernetes quantity in thousandths, rounded up as the controller rounds it."""
    return math.ceil(quantity(value) * 1000)


def _metric(metric: Mapping[str, Any]) -> Metric:
    match metric:
        case {"type": "Pods", "pods": {"metric": {"name": name}, "target": {"averageValue": target}}}:
            return PodsMetric(name, thousandths(target))
        case {"type": "External", "external": {"metric": {"name": name}, "target": target}} | {
            "type": "Object",
            "object": {"metric": {"name": name}, "target": target},
        }:
            average = "averageValue" in target
            return SharedMetric(name, thousandths(target["averageValue" if average else "value"]), average)
        case _:
            raise UnsupportedMetricError(f"metrics of type {metric['type']} are not simulated; use type Pods")


def _rules(rules: Mapping[str, Any], default: Rules) -> Rules:
    policies = rules.get("policies")
    return Rules(
        policies=default.policies
        if policies is None
        else tuple(Policy(each["type"], each["value"], each["periodSeconds"]) for each in policies),
        window=rules.get("stabilizationWindowSeconds", default.window),
        select=rules.get("selectPolicy", default.select),
        tolerance=float(quantity(rules.get("tolerance", str(default.tolerance)))),
    )
