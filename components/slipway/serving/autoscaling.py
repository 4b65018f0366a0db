"""Autoscaling of servers: from a signal and its target to whatever sets the number of replicas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.engines import Series
from slipway.custom_resources import custom_resource, wire
from slipway.custom_resources.keda import (
    Advanced,
    Fallback,
    HorizontalPodAutoscalerConfig,
    PrometheusTrigger,
    ScaledObject,
    ScaleTarget,
    Trigger,
)
from slipway.serving.settings import Scaled
from slipway.workload import labels

FAILURES = 3
"""Queries that may fail, one after the other, before KEDA says that it falls back."""


@dataclass(frozen=True, slots=True)
class PrometheusQuery:
    """What is asked of a Prometheus directly, where autoscalers do not ask by a metric's name.

    Attributes:
        server: URL of the Prometheus.
        query: PromQL for the signal of all replicas of a server together.
    """

    server: str
    query: str


class MetricsPath(Protocol):
    """The way of a series from the pods that export it to what scales on it.

    Attributes:
        ready: what must exist before an autoscaler can read a series.
        collectors: the pods that collect series.
    """

    @property
    def collectors(self) -> k8s.networking.v1.NetworkPolicyPeerArgsDict: ...  # noqa: D102
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

    def metric(self, series: Series, server: str, /) -> str | PrometheusQuery:
        """Return the name by which a HorizontalPodAutoscaler asks for a server's series, or what KEDA asks for it."""
        ...


def autoscaler(
    name: str,
    autoscaling: Scaled,
    *,
    series: Series,
    target: k8s.autoscaling.v2.CrossVersionObjectReferenceArgsDict,
    namespace: pulumi.Input[str],
    metrics: MetricsPath,
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Return an autoscaler that holds the average of the signal's series over all replicas at its target.

    Replicas at most double in a minute and go one by one: each takes an accelerator and minutes to load.

    Args:
        name: of the server, and so of its workload.
    """
    match metrics.metric(series, name):
        case str(metric):
            return _horizontal(name, autoscaling, metric, target, namespace, opts)
        case PrometheusQuery() as query:
            return _scaled_object(name, autoscaling, query, target, namespace, opts)


def _horizontal(
    name: str,
    autoscaling: Scaled,
    metric: str,
    target: k8s.autoscaling.v2.CrossVersionObjectReferenceArgsDict,
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> k8s.autoscaling.v2.HorizontalPodAutoscaler:
    return k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        metadata={"name": name, "namespace": namespace, "labels": labels(name)},
        spec={
            "scale_target_ref": target,
            "min_replicas": autoscaling.min_replicas,
            "max_replicas": autoscaling.max_replicas,
            "metrics": [followed(autoscaling, metric)],
            "behavior": behavior(autoscaling),
        },
        opts=opts,
    )


def _scaled_object(
    name: str,
    autoscaling: Scaled,
    query: PrometheusQuery,
    target: k8s.autoscaling.v2.CrossVersionObjectReferenceArgsDict,
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> k8s.apiextensions.CustomResource:
    trigger = PrometheusTrigger(
        server_address=query.server, query=query.query, threshold=decimal(autoscaling.metric.target)
    )
    scaler = HorizontalPodAutoscalerConfig(name=name, behavior=wire(behavior(autoscaling)))
    return custom_resource(
        name,
        ScaledObject(
            scale_target_ref=ScaleTarget.model_validate(wire(target)),
            min_replica_count=autoscaling.min_replicas,
            max_replica_count=autoscaling.max_replicas,
            advanced=Advanced(horizontal_pod_autoscaler_config=scaler),
            fallback=Fallback(failure_threshold=FAILURES, replicas=autoscaling.min_replicas),
            triggers=[Trigger(metadata=trigger)],
        ),
        metadata={"name": name, "namespace": namespace, "labels": labels(name)},
        opts=opts,
    )


def followed(autoscaling: Scaled, metric: str) -> k8s.autoscaling.v2.MetricSpecArgsDict:
    """Return what a HorizontalPodAutoscaler holds at its target: the average of a metric over its pods."""
    return {
        "type": "Pods",
        "pods": {
            "metric": {"name": metric},
            "target": {"type": "AverageValue", "average_value": quantity(autoscaling.metric.target)},
        },
    }


def behavior(autoscaling: Scaled) -> k8s.autoscaling.v2.HorizontalPodAutoscalerBehaviorArgsDict:
    """Return how fast replicas come and go."""
    return {
        "scale_up": {
            "stabilization_window_seconds": 0,
            "policies": [{"type": "Percent", "value": 100, "period_seconds": 60}],
        },
        "scale_down": {
            "stabilization_window_seconds": autoscaling.scale_down_after_seconds,
            "policies": [{"type": "Pods", "value": 1, "period_seconds": 120}],
        },
    }


def quantity(value: float) -> str:
    """Return a Kubernetes quantity, to the thousandth: 5 is `5`, 0.7 is `700m`."""
    thousandths = round(value * 1000)
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)


def decimal(value: float) -> str:
    """Return a number as KEDA reads it, to the thousandth: 5 is `5`, 0.7 is `0.7`."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
