"""Autoscalers and what happens to them, generated from a seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulate.replica_count import Pod

SYNCS, LONG_SYNCS = 14, 23
"""Syncs of a trace, and of one without a behaviour: the controller's own window lasts twenty."""

WINDOWS = (0, 3, 5, 9, 13)
PERIODS = (3, 5, 9, 13)
"""Seconds that are no multiple of the sync period of two, so that no decision hangs on a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One autoscaler and its script.

    Attributes:
        spec: of the HorizontalPodAutoscaler, without its target.
        replicas: of the workload at the beginning.
        ratios: by sync and metric, the value over the target; None is a metric that fails.
        starting: by the order of pods' creation, the syncs for which a pod is Pending and then the ones for which it
            runs and has no value; the last one holds for all others.
    """

    name: str
    spec: Mapping[str, Any]
    replicas: int
    ratios: Sequence[Sequence[float | None]]
    starting: Sequence[tuple[int, int]] = field(default=((0, 0),))

    @property
    def syncs(self) -> int:
        """How many syncs it scripts."""
        return len(self.ratios)

    def value(self, sync: int, metric: int, pods: Sequence[Pod]) -> Mapping[str, int] | int | None:
        """Return what the metrics API says: for pods, a value of each that runs and is ready."""
        ratio = self.ratios[min(sync, len(self.ratios) - 1)][metric]
        if ratio is None:
            return None
        stated = self.spec["metrics"][metric]
        if stated["type"] == "External":
            target = stated["external"]["target"]
            return round(int(target.get("value", target.get("averageValue"))[:-1]) * ratio)
        target = int(stated["pods"]["target"]["averageValue"][:-1])
        counted = sorted(pod.name for pod in pods if pod.ready)
        # Unlike values of the pods, so that sums and means are told apart.
        return {name: round(target * ratio * (0.8, 1.2, 1.0)[index % 3]) for index, name in enumerate(counted)}


def article(name: str, *, value: int, target: int, maximum: int) -> Trace:
    """An article's autoscaler: one metric of pods at a constant value, no behaviour, one replica at first."""
    spec = {"minReplicas": 1, "maxReplicas": maximum, "metrics": [_pods(name, 0, target)]}
    return Trace(name, spec, 1, [[value / target]] * SYNCS)


def generated(number: int) -> Trace:
    """The trace of this number."""
    dice = random.Random(number)
    name = f"t{number}"
    minimum = dice.randint(1, 3)
    maximum = dice.randint(minimum + 1, 7)
    metrics = [_metric(dice, name, index) for index in range(dice.choice((1, 1, 1, 2)))]
    spec: dict[str, Any] = {"minReplicas": minimum, "maxReplicas": maximum, "metrics": metrics}
    if dice.random() < 0.85:
        spec["behavior"] = {"scaleUp": _rules(dice), "scaleDown": _rules(dice)}
    ratios = _ratios(dice, len(metrics), SYNCS if "behavior" in spec else LONG_SYNCS)
    return Trace(name, spec, dice.randint(minimum, maximum), ratios, _starting(dice))


def _metric(dice: random.Random, name: str, index: int) -> dict[str, Any]:
    target = dice.choice((100, 700, 5000))
    if dice.random() < 0.7:
        return _pods(name, index, target)
    kind = dice.choice(("Value", "AverageValue"))
    stated = {"type": kind, "averageValue" if kind == "AverageValue" else "value": f"{target}m"}
    return {"type": "External", "external": {"metric": {"name": f"{name}-{index}"}, "target": stated}}


def _pods(name: str, index: int, target: int) -> dict[str, Any]:
    stated = {"type": "AverageValue", "averageValue": f"{target}m"}
    return {"type": "Pods", "pods": {"metric": {"name": f"{name}-{index}"}, "target": stated}}


def _rules(dice: random.Random) -> dict[str, Any]:
    policies = [
        {"type": kind, "value": dice.choice((1, 2, 4) if kind == "Pods" else (20, 50, 100)), "periodSeconds": period}
        for kind in dice.choice((("Pods",), ("Percent",), ("Pods", "Percent")))
        for period in [dice.choice(PERIODS)]
    ]
    rules: dict[str, Any] = {"stabilizationWindowSeconds": dice.choice(WINDOWS), "policies": policies}
    if dice.random() < 0.5:
        rules["selectPolicy"] = dice.choice(("Max", "Min", "Max", "Min", "Disabled"))
    if dice.random() < 0.2:
        rules["tolerance"] = dice.choice(("0", "50m", "300m"))
    return rules


def _ratios(dice: random.Random, metrics: int, syncs: int) -> list[list[float | None]]:
    """A level that holds for some syncs and then moves, with a failure now and then."""
    levels = [dice.choice((0.3, 1.0, 2.5)) for _ in range(metrics)]
    ratios: list[list[float | None]] = []
    for _ in range(syncs):
        levels = [dice.choice((0, 0.4, 0.8, 0.95, 1.05, 1.3, 2, 4)) if dice.random() < 0.4 else each for each in levels]
        ratios.append([None if dice.random() < 0.06 else each for each in levels])
    return ratios


def _starting(dice: random.Random) -> list[tuple[int, int]]:
    """Pods of the beginning are ready; of the later ones some are slow."""
    return [(dice.choice((0, 1, 3)), dice.choice((0, 0, 2))) for _ in range(12)]
