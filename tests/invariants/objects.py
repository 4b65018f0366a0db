"""How the invariants walk over the objects of a recording."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from offline import Recording, Resource

AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
RELEASE = "kubernetes:helm.sh/v3:Release"
WORKLOADS = ("Deployment", "StatefulSet", "LeaderWorkerSet")


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
        group = spec.get("leaderWorkerTemplate")
        templates = [group["leaderTemplate"], group["workerTemplate"]] if group else [spec["template"]]
        yield from ((workload, template) for template in templates)


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
