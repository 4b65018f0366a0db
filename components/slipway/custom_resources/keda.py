"""The object of KEDA."""

from typing import Any, Literal

from pydantic import Field

from slipway.checks.settings import Count, Positive, Settings


class ScaleTarget(Settings):
    """The workload whose replicas KEDA sets, in the namespace of the ScaledObject."""

    api_version: str
    kind: str
    name: str


class PrometheusTrigger(Settings):
    """What a query of Prometheus says about load. KEDA wants every value as text."""

    server_address: str = Field(pattern=r"^https?://")
    query: str = Field(min_length=1)
    """PromQL with one result at most."""
    threshold: str = Field(pattern=r"^\d+(\.\d+)?$")
    """How much of the result a replica takes."""
    ignore_null_values: Literal["false"] = "false"
    """With KEDA's own `true`, a series that is gone would count as 0 and take replicas away."""


class Trigger(Settings):
    """One signal."""

    type: Literal["prometheus"] = "prometheus"
    metric_type: Literal["AverageValue"] = "AverageValue"
    metadata: PrometheusTrigger


class HorizontalPodAutoscalerConfig(Settings):
    """The HorizontalPodAutoscaler that KEDA makes and keeps."""

    name: str
    behavior: dict[str, Any]
    """How fast replicas come and go, as `autoscaling/v2` spells it."""


class Advanced(Settings):
    """What passes through to the HorizontalPodAutoscaler."""

    horizontal_pod_autoscaler_config: HorizontalPodAutoscalerConfig


class Fallback(Settings):
    """What holds once the query has failed more often than this, one time after the other."""

    failure_threshold: Count
    replicas: Positive
    """For behaviours that do not keep the current number."""
    behavior: Literal["currentReplicas"] = "currentReplicas"


class ScaledObject(Settings):
    """A workload and what its replicas follow (`keda.sh/v1alpha1`)."""

    scale_target_ref: ScaleTarget
    min_replica_count: Positive
    """At least 1: without a pod nobody exports the signal that would start one."""
    max_replica_count: Positive
    advanced: Advanced
    fallback: Fallback
    triggers: list[Trigger] = Field(min_length=1, max_length=1)
