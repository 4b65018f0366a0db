"""How the invariants walk over the objects of a recording."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from offline import Recording, Resource

AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject"
RELEASE = "kubernetes:helm.sh/v3:Release"
WORKLOADS = ("CronJob", "Deployment", "LeaderWorkerSet", "NIMService", "StatefulSet")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of an input with its path."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("Sequence[Any]", value)):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def workloads(recording: Recording) -> list[Resource]:
    return [one for one in recording.resources if one.is_kubernetes_object and one.inputs["kind"] in WORKLOADS]


def pods(recording: Recording) -> Iterator[tuple[Resource, dict[str, Any]]]:
    """Yield each pod template of each workload."""
    for workload in workloads(recording):
        spec = workload.inputs["spec"]
        match workload.inputs["kind"]:
            case "CronJob":
                yield workload, spec["jobTemplate"]["spec"]["template"]
            case "LeaderWorkerSet":
                yield workload, spec["leaderWorkerTemplate"]["leaderTemplate"]
                yield workload, spec["leaderWorkerTemplate"]["workerTemplate"]
            case "NIMService":
                yield workload, made_by_the_nim_operator(workload)
            case _:
                yield workload, spec["template"]


def made_by_the_nim_operator(service: Resource) -> dict[str, Any]:
    """Return the part of a pod template that its API types and templates give: labels, image, environment and port."""
    spec, name = service.inputs["spec"], service.inputs["metadata"]["name"]
    container = {
        "name": f"{name}-ctr",
        "image": f"{spec['image']['repository']}:{spec['image']['tag']}",
        "env": spec["env"],
        "ports": [{"name": "api", "containerPort": spec["expose"]["service"]["port"]}],
    }
    labels = {"app": name, "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "nim-service"}
    return {"metadata": {"labels": labels}, "spec": {"containers": [container]}}


def autoscalers(recording: Recording) -> list[Resource]:
    """Return whatever sets the replicas of a workload."""
    return [*recording.of(AUTOSCALER), *recording.of(SCALED_OBJECT)]


def least_and_behaviour(scaler: Resource) -> tuple[int, dict[str, Any]]:
    """Return the fewest replicas that an autoscaler leaves, and how fast it adds and takes some."""
    spec = scaler.inputs["spec"]
    if scaler.type == AUTOSCALER:
        return spec["minReplicas"], spec["behavior"]
    return spec["minReplicaCount"], spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]


def containers(pod: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def labels_of(pod: Mapping[str, Any]) -> dict[str, str]:
    return pod["metadata"]["labels"]


def namespace_of(resource: Resource) -> str:
    return resource.inputs["metadata"].get("namespace", "default")


def selectors(recording: Recording) -> Iterator[tuple[Resource, dict[str, str]]]:
    """Yield everything that selects pods, with what it selects."""
    for resource in recording.resources:
        if not resource.is_kubernetes_object:
            continue
        spec = resource.inputs.get("spec", {})
        match resource.inputs["kind"]:
            case "Service":
                yield resource, spec["selector"]
            case "PodMonitoring" | "PodMonitor" | "PodDisruptionBudget":
                yield resource, spec["selector"]["matchLabels"]
            case _:
                pass


def scaled(recording: Recording, scaler: Resource) -> Resource:
    """Return the one workload that an autoscaler scales."""
    reference = scaler.inputs["spec"]["scaleTargetRef"]
    [target] = [
        workload
        for workload in workloads(recording)
        if (workload.inputs["kind"], workload.inputs["metadata"]["name"], namespace_of(workload))
        == (reference["kind"], reference["name"], namespace_of(scaler))
    ]
    return target


def reached(recording: Recording, resource: Resource) -> set[str]:
    """Return the URNs of everything that a resource waits for."""
    found: set[str] = set()
    rest = list(resource.dependencies)
    while rest:
        urn = rest.pop()
        if urn in found or urn not in recording.by_urn:
            continue
        found.add(urn)
        rest += recording.by_urn[urn].dependencies
    return found
