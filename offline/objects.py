"""The Kubernetes objects of each server, by the names that kubectl knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from offline.highlights import highlights
from offline.recording import Recording, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """One object.

    Attributes:
        name: its kind and its name, such as `Deployment/llama`.
        inputs: labels and values of the inputs that matter.
    """

    name: str
    inputs: tuple[tuple[str, str], ...]


def objects_of_servers(recording: Recording) -> Mapping[str, list[Object]]:
    """Return the objects below the components that are named like a server, by `<server> in namespace <namespace>`."""
    found: dict[str, list[Object]] = {}
    for component in recording.resources:
        if component.custom or component.name not in recording.judged.servers:
            continue
        below = [each for each in _below(recording, component.urn) if each.is_kubernetes_object]
        for each in below:
            namespace = each.state.get("metadata", {}).get("namespace")
            title = f"{component.name} in namespace {namespace}" if namespace else f"{component.name} in the cluster"
            found.setdefault(title, []).append(_object(each))
    return found


def _object(resource: Resource) -> Object:
    name = f"{resource.inputs['kind']}/{resource.state['metadata']['name']}"
    return Object(name=name, inputs=tuple(highlights(resource)))


def _below(recording: Recording, urn: str) -> Iterator[Resource]:
    for child in recording.children.get(urn, ()):
        yield child
        if child.custom or child.name not in recording.judged.servers:
            yield from _below(recording, child.urn)
