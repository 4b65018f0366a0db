"""How many replicas one metric asks for, as Kubernetes 1.36 counts.

The source is pkg/controller/podautoscaler/replica_calculator.go there. All values and targets are in thousandths and
not negative, as the controller takes them from the metrics APIs. CPU and memory are left out: servers here never scale
on them.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from simulate.scaling_rules import Bounds


@dataclass(frozen=True, slots=True)
class PodsMetric:
    """A metric of each pod (type Pods, target AverageValue)."""

    name: str
    target: int


@dataclass(frozen=True, slots=True)
class SharedMetric:
    """One number for the whole workload (types External and Object).

    Attributes:
        average: whether the target is for each replica (AverageValue) or compared with the number itself (Value).
    """

    name: str
    target: int
    average: bool


Metric = PodsMetric | SharedMetric
Value = Mapping[str, int] | int
"""By the pod's name, or one number."""


@dataclass(frozen=True, slots=True)
class Pod:
    """What the controller looks at in a pod that the workload's selector selects.

    Attributes:
        deleting: whether it has a deletion timestamp.
    """

    name: str
    phase: Literal["Pending", "Running", "Succeeded", "Failed"]
    ready: bool
    deleting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one sync sees.

    Attributes:
        replicas: of the scale's spec.
        status_replicas: of the scale's status.
        values: by the metric's name; a metric that could not be had is missing.
    """

    replicas: int
    status_replicas: int
    pods: Collection[Pod]
    values: Mapping[str, Value]


class NoMetricError(Exception):
    """A metric says nothing: it could not be had, or it has no value of a pod that counts."""


def proposal(metric: Metric, seen: Observation, bounds: Bounds) -> int:
    """Return the replicas that one metric asks for.

    Raises:
        NoMetricError: it asks for none.
    """
    value = seen.values.get(metric.name)
    match metric, value:
        case PodsMetric(), Mapping() if value:
            return _of_pods(metric.target, value, seen, bounds)
        case SharedMetric(average=True), int():
            return _per_replica(metric.target, value, seen, bounds)
        case SharedMetric(average=False), int():
            return _by_ratio(value / metric.target, seen, bounds)
        case _:
            raise NoMetricError(metric.name)


def _of_pods(target: int, values: Mapping[str, int], seen: Observation, bounds: Bounds) -> int:
    if not seen.pods:
        raise NoMetricError("no pods")
    ignored = {pod.name for pod in seen.pods if pod.deleting or pod.phase == "Failed"}
    pending = {pod.name for pod in seen.pods if pod.phase == "Pending"} - ignored
    missing = {pod.name for pod in seen.pods} - ignored - pending - values.keys()
    counted = {pod: value for pod, value in values.items() if pod not in ignored | pending}
    if not counted:
        raise NoMetricError("no pod that counts has a value")
    ratio = _average(counted) / target
    upwards = ratio > 1
    if not missing and not (pending and upwards):
        ready = len(seen.pods) - len(ignored) - len(pending)
        return seen.replicas if _tolerated(ratio, bounds) else math.ceil(ratio * ready)
    if missing and ratio != 1:
        counted |= dict.fromkeys(missing, 0 if upwards else target)
    if upwards:
        counted |= dict.fromkeys(pending, 0)
    corrected = _average(counted) / target
    replicas = math.ceil(corrected * len(counted))
    turned = (ratio < 1 < corrected) or (corrected < 1 < ratio)
    backwards = (corrected < 1 and replicas > seen.replicas) or (corrected > 1 and replicas < seen.replicas)
    return seen.replicas if turned or backwards or _tolerated(corrected, bounds) else replicas


def _per_replica(target: int, value: int, seen: Observation, bounds: Bounds) -> int:
    if seen.status_replicas and _tolerated(value / (target * seen.status_replicas), bounds):
        return seen.status_replicas
    return math.ceil(value / target)


def _by_ratio(ratio: float, seen: Observation, bounds: Bounds) -> int:
    if _tolerated(ratio, bounds):
        return seen.replicas
    if not seen.pods:
        raise NoMetricError("no pods")
    return math.ceil(ratio * sum(pod.phase == "Running" and pod.ready for pod in seen.pods))


def _average(values: Mapping[str, int]) -> int:
    return sum(values.values()) // len(values)


def _tolerated(ratio: float, bounds: Bounds) -> bool:
    return 1 - bounds.down.tolerance <= ratio <= 1 + bounds.up.tolerance
