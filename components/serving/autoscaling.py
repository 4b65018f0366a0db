"""Autoscaling of servers: from a signal and its target to a HorizontalPodAutoscaler."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pulumi
import pulumi_kubernetes as k8s

from catalog.engines import Series
from components.serving.settings import Autoscaling


class MetricsPath(Protocol):
    """The way of a series from the pods that export it to the API that autoscalers ask.

    Attributes:
        ready: what must exist before an autoscaler can read a series.
    """

    @property
    def ready(self) -> Sequence[pulumi.Resource]: ...  # noqa: D102

    def scrape(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        labels: Mapping[str, str],
        port: str,
        path: str,
        opts: pulumi.ResourceOptions,
    ) -> pulumi.Resource:
        """Collect what this port of the pods with these labels exports."""
        ...

    def metric(self, series: Series) -> str:
        """Return the name by which an autoscaler asks for the series."""
        ...


def autoscaler(
    name: str,
    autoscaling: Autoscaling,
    *,
    series: Series,
    target: k8s.autoscaling.v2.CrossVersionObjectReferenceArgsDict,
    namespace: pulumi.Input[str],
    metrics: MetricsPath,
    opts: pulumi.ResourceOptions,
) -> k8s.autoscaling.v2.HorizontalPodAutoscaler:
    """Return an autoscaler that holds the average of the signal's series over all replicas at its target.

    Replicas at most double in a minute and go one by one: each takes an accelerator and minutes to load.
    """
    return k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        metadata={"name": name, "namespace": namespace},
        spec={
            "scale_target_ref": target,
            "min_replicas": autoscaling.min_replicas,
            "max_replicas": autoscaling.max_replicas,
            "metrics": [
                {
                    "type": "Pods",
                    "pods": {
                        "metric": {"name": metrics.metric(series)},
                        "target": {"type": "AverageValue", "average_value": quantity(autoscaling.metric.target)},
                    },
                }
            ],
            "behavior": {
                "scale_up": {
                    "stabilization_window_seconds": 0,
                    "policies": [{"type": "Percent", "value": 100, "period_seconds": 60}],
                },
                "scale_down": {
                    "stabilization_window_seconds": autoscaling.scale_down_after_seconds,
                    "policies": [{"type": "Pods", "value": 1, "period_seconds": 120}],
                },
            },
        },
        opts=opts,
    )


def quantity(value: float) -> str:
    """Return a Kubernetes quantity, to the thousandth: 5 is `5`, 0.7 is `700m`."""
    thousandths = round(value * 1000)
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)
