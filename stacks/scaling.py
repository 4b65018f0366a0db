"""What a server is scaled on, whatever its engine and its cloud."""

from dataclasses import dataclass
from typing import Self

from catalog.engines import Series
from components.serving.settings import Scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """What a server is scaled on.

    Attributes:
        series: the series that its autoscaler follows.
        target: average of the series over the replicas, in its unit.
    """

    series: Series
    target: float
    min_replicas: int
    max_replicas: int

    @classmethod
    def of(cls, autoscaling: Scaled, series: Series) -> Self:
        """Return what a person decided, with the series behind the signal."""
        return cls(
            series=series,
            target=autoscaling.metric.target,
            min_replicas=autoscaling.min_replicas,
            max_replicas=autoscaling.max_replicas,
        )
