"""How far an autoscaler may follow a recommendation now: stabilisation windows and scaling policies.

Follows `normalizeDesiredReplicas` and `normalizeDesiredReplicasWithBehaviors` of Kubernetes 1.36
(pkg/controller/podautoscaler/horizontal.go), to the strictness of each comparison of times.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Select = Literal["Max", "Min", "Disabled"]


@dataclass(frozen=True, slots=True)
class Policy:
    """So many pods, or so many percent of the replicas at its start, in each period of so many seconds."""

    kind: Literal["Pods", "Percent"]
    value: int
    period: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Scaling in one direction.

    Attributes:
        window: seconds over which the most cautious recommendation counts.
        select: whether the policy that allows most or least counts, or nothing is allowed.
        tolerance: share of the target by which the metric may be off it without a change.
    """

    policies: tuple[Policy, ...]
    window: float
    select: Select = "Max"
    tolerance: float = 0.1


DEFAULT_UP = Rules(policies=(Policy("Pods", 4, 15), Policy("Percent", 100, 15)), window=0)
"""What the API server fills in (pkg/apis/autoscaling/v2/defaults.go)."""
DEFAULT_DOWN = Rules(policies=(Policy("Percent", 100, 15),), window=300)
"""The same; the window is the controller's `--horizontal-pod-autoscaler-downscale-stabilization`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What an autoscaler's spec says beside its metrics.

    Attributes:
        behavior: whether the spec has one; without it only the window of `down` holds, and replicas at most double
            or reach four at each step.
    """

    minimum: int
    maximum: int
    up: Rules = DEFAULT_UP
    down: Rules = DEFAULT_DOWN
    behavior: bool = True


class Stamped(NamedTuple):
    """A number of replicas, recommended or changed by, and when (seconds)."""

    at: float
    replicas: int


@dataclass(frozen=True, slots=True)
class History:
    """What an autoscaler remembers: recommendations before any rule, and changes in each direction."""

    recommendations: tuple[Stamped, ...]
    added: tuple[Stamped, ...] = ()
    removed: tuple[Stamped, ...] = ()


def begin(replicas: int, now: float) -> History:
    """Return the memory of an autoscaler that sees its target for the first time."""
    return History((Stamped(now, replicas),))


def allowed(bounds: Bounds, current: int, desired: int, history: History, now: float) -> tuple[int, History]:
    """Return to how many replicas to go when the metrics ask for `desired`, and the memory with this recommendation."""
    if bounds.behavior:
        replicas = _rate_limited(bounds, current, _stabilised(bounds, current, desired, history, now), history, now)
    else:
        recent = [each.replicas for each in history.recommendations if each.at >= now - bounds.down.window]
        most = min(bounds.maximum, max(2 * current, 4))
        replicas = min(max(desired, bounds.minimum, *recent), most)
    longest = max(bounds.up.window, bounds.down.window)
    kept = tuple(each for each in history.recommendations if each.at >= now - longest)
    return replicas, replace(history, recommendations=(*kept, Stamped(now, desired)))


def changed(bounds: Bounds, current: int, replicas: int, history: History, now: float) -> History:
    """Return the memory with a change of the replicas that was carried out."""
    if replicas == current or not bounds.behavior:
        return history
    if replicas > current:
        return replace(history, added=_store(history.added, Stamped(now, replicas - current), bounds.up))
    return replace(history, removed=_store(history.removed, Stamped(now, current - replicas), bounds.down))


def _stabilised(bounds: Bounds, current: int, desired: int, history: History, now: float) -> int:
    up = [each.replicas for each in history.recommendations if each.at > now - bounds.up.window]
    down = [each.replicas for each in history.recommendations if each.at > now - bounds.down.window]
    return min(max(current, min([desired, *up])), max([desired, *down]))


def _rate_limited(bounds: Bounds, current: int, desired: int, history: History, now: float) -> int:
    if desired > current:
        limit = max(_limit(bounds.up, +1, current, history, now), current)
        return min(desired, bounds.maximum, limit)
    if desired < current:
        limit = min(_limit(bounds.down, -1, current, history, now), current)
        return max(desired, bounds.minimum, limit)
    return desired


def _limit(rules: Rules, sign: Literal[1, -1], current: int, history: History, now: float) -> int:
    """Return the farthest number of replicas that the policies allow in the direction of `sign`."""
    if rules.select == "Disabled":
        return current
    proposals: list[int] = []
    for policy in rules.policies:
        start = current - _sum(history.added, now - policy.period) + _sum(history.removed, now - policy.period)
        if policy.kind == "Pods":
            proposals.append(start + sign * policy.value)
        else:
            exact = start * (1 + sign * policy.value / 100)
            # Upwards a share of a pod counts as one; downwards upstream cuts the fraction off.
            proposals.append(math.ceil(exact) if sign > 0 else int(exact))
    farthest = (rules.select == "Max") == (sign > 0)
    return max(proposals) if farthest else min(proposals)


def _sum(changes: Iterable[Stamped], since: float) -> int:
    return sum(each.replicas for each in changes if each.at > since)


def _store(changes: tuple[Stamped, ...], new: Stamped, rules: Rules) -> tuple[Stamped, ...]:
    """Keep a change; it takes the place of the last one that is older than the direction's longest period.

    The others stay: a longer period of the other direction's policies still counts them.
    """
    cutoff = new.at - max((policy.period for policy in rules.policies), default=0)
    outdated = [index for index, each in enumerate(changes) if each.at < cutoff]
    if not outdated:
        return (*changes, new)
    return (*changes[: outdated[-1]], new, *changes[outdated[-1] + 1 :])
