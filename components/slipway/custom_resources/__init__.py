"""Models of the custom resources that stacks create, one module for each controller, and the one way to create them.

`CustomResource` neither checks nor renames the keys of its spec, so each kind has a model here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import pulumi
import pulumi_kubernetes as k8s
from pydantic.alias_generators import to_camel

from slipway.checks.settings import Settings
from slipway.custom_resources.gpu_operator import ClusterPolicy
from slipway.custom_resources.karpenter import EC2NodeClass, NodePool
from slipway.custom_resources.keda import ScaledObject
from slipway.custom_resources.leader_worker_set import LeaderWorkerSet
from slipway.custom_resources.monitoring import PodMonitor, PodMonitoring, PrometheusRule
from slipway.custom_resources.nim_operator import NimCache, NimService
from slipway.custom_resources.secrets import SecretProviderClass

MODELS: Mapping[tuple[str, str], type[Settings]] = {
    ("monitoring.googleapis.com/v1", "PodMonitoring"): PodMonitoring,
    ("monitoring.coreos.com/v1", "PodMonitor"): PodMonitor,
    ("monitoring.coreos.com/v1", "PrometheusRule"): PrometheusRule,
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"): SecretProviderClass,
    ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"): LeaderWorkerSet,
    ("keda.sh/v1alpha1", "ScaledObject"): ScaledObject,
    ("nvidia.com/v1", "ClusterPolicy"): ClusterPolicy,
    ("apps.nvidia.com/v1alpha1", "NIMCache"): NimCache,
    ("apps.nvidia.com/v1alpha1", "NIMService"): NimService,
    ("karpenter.sh/v1", "NodePool"): NodePool,
    ("karpenter.k8s.aws/v1", "EC2NodeClass"): EC2NodeClass,
}
"""The model of each custom kind's `spec`, by apiVersion and kind."""

CLUSTER_SCOPED = frozenset(
    {("karpenter.sh/v1", "NodePool"), ("karpenter.k8s.aws/v1", "EC2NodeClass"), ("nvidia.com/v1", "ClusterPolicy")}
)
"""Those kinds whose objects lie in no namespace."""

Spec = TypeVar("Spec", bound=Settings)

_KINDS: Mapping[type[Settings], tuple[str, str]] = {model: kind for kind, model in MODELS.items()}


def custom_resource(
    name: str, spec: Settings, *, metadata: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> k8s.apiextensions.CustomResource:
    """Create the custom resource whose spec this is.

    Raises:
        KeyError: no kind in `MODELS` has a spec of this type.
    """
    return late_custom_resource(name, type(spec), pulumi.Output.from_input(spec), metadata=metadata, opts=opts)


def late_custom_resource(
    name: str,
    model: type[Spec],
    spec: pulumi.Output[Spec],
    *,
    metadata: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
) -> k8s.apiextensions.CustomResource:
    """Create a custom resource whose spec holds what other resources produce.

    Raises:
        KeyError: no kind in `MODELS` has a spec of this type.
    """
    api_version, kind = _KINDS[model]
    return k8s.apiextensions.CustomResource(
        name,
        api_version=api_version,
        kind=kind,
        metadata={**metadata},
        spec=spec.apply(lambda known: known.model_dump(by_alias=True, exclude_none=True)),
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
