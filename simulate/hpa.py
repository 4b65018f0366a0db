"""The HorizontalPodAutoscaler: one sync of Kubernetes 1.36's controller as a pure function.

Follows `reconcileAutoscaler` (pkg/controller/podautoscaler/horizontal.go). Scaling to and from zero is left out, which
is off unless the feature HPAScaleToZero is on; CPU and memory are, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from simulate import scaling_rules
from simulate.replica_count import Metric, NoMetricError, Observation, proposal
from simulate.scaling_rules import Bounds, History

SYNC_SECONDS = 15
"""Default of `--horizontal-pod-autoscaler-sync-period`."""


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """The spec of a HorizontalPodAutoscaler with the API server's defaults filled in."""

    metrics: tuple[Metric, ...]
    bounds: Bounds


def sync(autoscaler: Autoscaler, seen: Observation, history: History | None, now: float) -> tuple[int, History]:
    """Return the replicas that the workload has after this sync, and what the next sync has to know.

    Args:
        autoscaler: the spec.
        seen: what the API server and the metrics APIs say now.
        history: what the sync before returned; None at the first.
        now: seconds on any clock that does not jump.
    """
    bounds, current = autoscaler.bounds, seen.replicas
    history = history or scaling_rules.begin(current, now)
    if current == 0:
        return 0, history
    if not bounds.minimum <= current <= bounds.maximum:
        replicas = min(max(current, bounds.minimum), bounds.maximum)
    else:
        desired = _desired(autoscaler, seen)
        if desired is None:
            return current, history
        replicas, history = scaling_rules.allowed(bounds, current, desired, history, now)
    return replicas, scaling_rules.changed(bounds, current, replicas, history, now)


def _desired(autoscaler: Autoscaler, seen: Observation) -> int | None:
    """Return the most that a metric asks for; None if none does, or if one fails and the others ask for less."""
    asked = _proposals(autoscaler.metrics, seen, autoscaler.bounds)
    if not asked:
        return None
    failed = len(asked) < len(autoscaler.metrics)
    return None if failed and max(asked) < seen.replicas else max(asked)


def _proposals(metrics: Sequence[Metric], seen: Observation, bounds: Bounds) -> list[int]:
    asked: list[int] = []
    for metric in metrics:
        try:
            asked.append(proposal(metric, seen, bounds))
        except NoMetricError:
            continue
    return asked
