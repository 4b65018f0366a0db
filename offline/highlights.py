"""Which inputs of a resource a person wants to see in a preview: a few for each type, in the words of its API."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from offline.recording import Resource

_IAM = (("role", "role"), ("member", "member"))
_POD = (
    ("image", "spec.template.spec.containers.*.image"),
    ("replicas", "spec.replicas"),
    ("limits", "spec.template.spec.containers.*.resources.limits"),
    ("nodeSelector", "spec.template.spec.nodeSelector"),
)

HIGHLIGHTS: Mapping[str, Sequence[tuple[str, str]]] = {
    "aws:eks/cluster:Cluster": (
        ("version", "version"),
        ("public", "vpcConfig.publicAccessCidrs"),
        ("deletionProtection", "deletionProtection"),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        ("ami", "amiType"),
        ("capacity", "capacityType"),
        ("min", "scalingConfig.minSize"),
        ("max", "scalingConfig.maxSize"),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        ("machine", "instanceType"),
        ("diskGiB", "blockDeviceMappings.*.ebs.volumeSize"),
        ("reservation", "capacityReservationSpecification.capacityReservationTarget.capacityReservationId"),
    ),
    "gcp:container/cluster:Cluster": (
        ("location", "location"),
        ("channel", "releaseChannel.channel"),
        ("minVersion", "minMasterVersion"),
        ("autopilot", "enableAutopilot"),
        ("deletionProtection", "deletionProtection"),
    ),
    "gcp:container/nodePool:NodePool": (
        ("machine", "nodeConfig.machineType"),
        ("topology", "placementPolicy.tpuTopology"),
        ("nodes", "nodeCount"),
        ("min", "autoscaling.totalMinNodeCount"),
        ("max", "autoscaling.totalMaxNodeCount"),
        ("min", "autoscaling.minNodeCount"),
        ("max", "autoscaling.maxNodeCount"),
        ("spot", "nodeConfig.spot"),
        ("flexStart", "nodeConfig.flexStart"),
        ("reservation", "nodeConfig.reservationAffinity.values"),
        ("zones", "nodeLocations"),
    ),
    "gcp:compute/subnetwork:Subnetwork": (
        ("region", "region"),
        ("nodes", "ipCidrRange"),
        ("ranges", "secondaryIpRanges.*.ipCidrRange"),
    ),
    "gcp:storage/bucket:Bucket": (("location", "location"), ("forceDestroy", "forceDestroy")),
    "gcp:storage/bucketIAMMember:BucketIAMMember": _IAM,
    "gcp:projects/iAMMember:IAMMember": _IAM,
    "gcp:projects/service:Service": (("service", "service"),),
    "kubernetes:apps/v1:Deployment": _POD,
    "kubernetes:apps/v1:StatefulSet": _POD,
    "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet": (
        ("size", "spec.leaderWorkerTemplate.size"),
        ("image", "spec.leaderWorkerTemplate.leaderTemplate.spec.containers.*.image"),
        ("limits", "spec.leaderWorkerTemplate.leaderTemplate.spec.containers.*.resources.limits"),
    ),
    "kubernetes:batch/v1:Job": (("image", "spec.template.spec.containers.*.image"),),
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": (
        ("target", "spec.scaleTargetRef.name"),
        ("min", "spec.minReplicas"),
        ("max", "spec.maxReplicas"),
        ("metric", "spec.metrics.*.*.metric.name"),
        ("metric", "spec.metrics.*.resource.name"),
        ("average", "spec.metrics.*.*.target.averageValue"),
        ("value", "spec.metrics.*.*.target.value"),
        ("utilization", "spec.metrics.*.*.target.averageUtilization"),
    ),
    "kubernetes:keda.sh/v1alpha1:ScaledObject": (
        ("target", "spec.scaleTargetRef.name"),
        ("min", "spec.minReplicaCount"),
        ("max", "spec.maxReplicaCount"),
        ("query", "spec.triggers.*.metadata.query"),
        ("average", "spec.triggers.*.metadata.threshold"),
    ),
    "kubernetes:apps.nvidia.com/v1alpha1:NIMCache": (
        ("image", "spec.source.ngc.modelPuller"),
        ("claim", "spec.storage.pvc.name"),
        ("class", "spec.storage.pvc.storageClass"),
    ),
    "kubernetes:apps.nvidia.com/v1alpha1:NIMService": (
        ("image", "spec.image.repository"),
        ("tag", "spec.image.tag"),
        ("limits", "spec.resources.limits"),
        ("min", "spec.scale.hpa.minReplicas"),
        ("max", "spec.scale.hpa.maxReplicas"),
        ("metric", "spec.scale.hpa.metrics.*.*.metric.name"),
    ),
    "kubernetes:batch/v1:CronJob": (
        ("suspend", "spec.suspend"),
        ("image", "spec.jobTemplate.spec.template.spec.containers.*.image"),
    ),
    "kubernetes:networking.k8s.io/v1:Ingress": (
        ("class", "spec.ingressClassName"),
        ("paths", "spec.rules.*.http.paths.*.path"),
    ),
    "kubernetes:core/v1:Service": (("type", "spec.type"), ("ports", "spec.ports.*.port")),
    "kubernetes:core/v1:Secret": (("keys", "stringData.~"), ("keys", "data.~")),
    "kubernetes:core/v1:ConfigMap": (("keys", "data.~"),),
    "kubernetes:helm.sh/v3:Release": (("chart", "chart"), ("version", "version"), ("namespace", "namespace")),
    "kubernetes:monitoring.coreos.com/v1:PodMonitor": (
        ("port", "spec.podMetricsEndpoints.*.port"),
        ("path", "spec.podMetricsEndpoints.*.path"),
        ("interval", "spec.podMetricsEndpoints.*.interval"),
    ),
    "kubernetes:monitoring.googleapis.com/v1:PodMonitoring": (
        ("port", "spec.endpoints.*.port"),
        ("path", "spec.endpoints.*.path"),
        ("interval", "spec.endpoints.*.interval"),
    ),
}
"""By type: label and path of each input. `*` stands for every item or member, `~` for the keys of a map."""

_FALLBACK_COUNT = 4
_FALLBACK_LENGTH = 80
_HIDDEN = frozenset({"apiVersion", "kind", "kubeconfig", "project"})


def highlights(resource: Resource) -> list[tuple[str, str]]:
    """Return labels and values of what matters: the inputs chosen for the type, or else the first short plain ones."""
    if (known := HIGHLIGHTS.get(resource.type)) is not None:
        found = [(label, list(values_at(resource.inputs, path))) for label, path in known]
        return [(label, ", ".join(map(_text, values))) for label, values in found if values]
    plain = [
        (key, _text(value))
        for key, value in resource.inputs.items()
        if isinstance(value, str | int | float) and key not in _HIDDEN
    ]
    return [(key, value) for key, value in plain if len(value) <= _FALLBACK_LENGTH][:_FALLBACK_COUNT]


def values_at(inputs: Mapping[str, Any], path: str) -> Iterator[Any]:
    """Yield the values at a path of `HIGHLIGHTS`."""
    return _follow(inputs, path.split("."))


def _follow(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        items = cast("Sequence[Any]", value)
        for item in items if step == "*" else ():
            yield from _follow(item, rest)
    elif isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        if step == "~":
            yield from members
        elif step == "*":
            for member in members.values():
                yield from _follow(member, rest)
        elif step in members:
            yield from _follow(members[step], rest)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_text(item) for item in cast("Sequence[Any]", value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(item)}" for key, item in cast("Mapping[str, Any]", value).items())
    return str(value)
