"""Models of the custom resources that stacks create, and the one way to create them.

`CustomResource` neither checks nor renames the keys of its spec, so each kind has a model here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field
from pydantic.alias_generators import to_camel

from components.settings import Positive, Settings


class LabelSelector(Settings):
    """Pods that carry all of these labels."""

    match_labels: dict[str, str] = Field(min_length=1)


class ScrapeEndpoint(Settings):
    """A port of the selected pods that serves metrics."""

    port: str | int
    """Name or number of the container's port."""
    path: str = Field(pattern=r"^/")
    interval: str = Field(pattern=r"^\d+(ms|s|m|h)$")
    """Time between two scrapes, such as `15s`."""


class PodMonitoring(Settings):
    """What Managed Service for Prometheus scrapes (`monitoring.googleapis.com/v1`)."""

    selector: LabelSelector
    endpoints: list[ScrapeEndpoint] = Field(min_length=1)


class PodMonitor(Settings):
    """What the Prometheus operator has Prometheus scrape (`monitoring.coreos.com/v1`)."""

    selector: LabelSelector
    pod_metrics_endpoints: list[ScrapeEndpoint] = Field(min_length=1)


class SecretProviderClass(Settings):
    """Secrets of Secret Manager that a pod mounts as files (`secrets-store.csi.x-k8s.io/v1`)."""

    provider: Literal["gke"] = "gke"
    parameters: dict[Literal["secrets"], str]
    """A YAML list of `resourceName` and `path` under the key `secrets`."""


class RollingUpdate(Settings):
    """How many groups a rollout may add and take away at once."""

    max_surge: int = Field(ge=0)
    max_unavailable: int = Field(ge=0)


class RolloutStrategy(Settings):
    """How groups are replaced."""

    type: Literal["RollingUpdate"] = "RollingUpdate"
    rolling_update_configuration: RollingUpdate


class LeaderWorkerTemplate(Settings):
    """One group: its size and its pods."""

    size: Positive
    """Pods of a group, the leader included."""
    restart_policy: Literal["RecreateGroupOnPodRestart"] = "RecreateGroupOnPodRestart"
    leader_template: dict[str, Any]
    """A pod template in wire form."""
    worker_template: dict[str, Any]
    """A pod template in wire form."""


class LeaderWorkerSet(Settings):
    """Groups of pods that live and die together (`leaderworkerset.x-k8s.io/v1`); an autoscaler owns `replicas`."""

    leader_worker_template: LeaderWorkerTemplate
    rollout_strategy: RolloutStrategy


MODELS: Mapping[tuple[str, str], type[Settings]] = {
    ("monitoring.googleapis.com/v1", "PodMonitoring"): PodMonitoring,
    ("monitoring.coreos.com/v1", "PodMonitor"): PodMonitor,
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"): SecretProviderClass,
    ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"): LeaderWorkerSet,
}
"""The model of each custom kind's `spec`, by apiVersion and kind."""

_KINDS: Mapping[type[Settings], tuple[str, str]] = {model: kind for kind, model in MODELS.items()}


def custom_resource(
    name: str, spec: Settings, *, metadata: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> k8s.apiextensions.CustomResource:
    """Create the custom resource whose spec this is.

    Raises:
        KeyError: no kind in `MODELS` has a spec of this type.
    """
    api_version, kind = _KINDS[type(spec)]
    return k8s.apiextensions.CustomResource(
        name,
        api_version=api_version,
        kind=kind,
        metadata={**metadata},
        spec=spec.model_dump(by_alias=True, exclude_none=True),
        opts=opts,
    )


def wire(value: object) -> Any:
    """Return typed inputs of a Kubernetes object (`service_account_name`) as its API spells them.

    Keys of maps that a person chooses (labels, annotations, quantities) hold no underscore and stay as they are.
    """
    if isinstance(value, Mapping):
        return {_camel(key): wire(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [wire(item) for item in cast("Sequence[object]", value)]
    return value


def _camel(key: str) -> str:
    return to_camel(key) if "_" in key else key
