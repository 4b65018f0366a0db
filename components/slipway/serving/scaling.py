"""What a server is scaled on, whatever its engine and its cloud."""

from dataclasses import dataclass
from typing import Self

from slipway.catalog.engines import Series
from slipway.checks.signals import Export, Scaler, ScalerMetric
from slipway.serving.settings import Scaled


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

    def scaler(self, export: Export, name: str) -> Scaler:
        """Return the autoscaler of what exports the series, which asks for it by a name."""
        path = f"{export.path}.autoscaling"
        metric = ScalerMetric(path=f"{path}.metric", name=name, target=f"{round(self.target * 1000)}m")
        return Scaler(
            path=path,
            target=export.workload,
            min_replicas=self.min_replicas,
            max_replicas=self.max_replicas,
            metrics=(metric,),
        )
