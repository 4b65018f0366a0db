"""A recording as a tree of short labels, the same for every form in which it is shown."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from offline.highlights import highlights
from offline.recording import Recording, Resource


@dataclass(frozen=True, slots=True)
class Branch:
    """One resource and those under it.

    Attributes:
        type: its type, short: `GkeCluster`, `gcp.container.NodePool`, `apps/v1 Deployment`.
        name: its name in the program.
        inputs: labels and values of the inputs that matter.
        branches: its children, in the order of their registration.
    """

    type: str
    name: str
    inputs: tuple[tuple[str, str], ...]
    branches: "tuple[Branch, ...]"


def outline(recording: Recording, parent: str | None = None) -> tuple[Branch, ...]:
    """Return the branches under a resource, or those directly under the stack."""
    return tuple(
        Branch(
            type=short_type(resource),
            name=resource.name,
            inputs=tuple(highlights(resource)),
            branches=outline(recording, resource.urn),
        )
        for resource in recording.children.get(parent, ())
    )


def short_type(resource: Resource) -> str:
    """Return a type token without what every token of its kind has."""
    return _short_type(resource.type, custom=resource.custom)


def short(type_: str, name: str, *, custom: bool = True) -> str:
    """Return the short type of a resource with its name."""
    return f"{_short_type(type_, custom=custom)} {name}"


def _short_type(type_: str, *, custom: bool) -> str:
    package, module, noun = type_.split(":")
    if package == "pulumi":
        return f"provider {noun}"
    if not custom:
        return noun
    if package == "kubernetes":
        return f"{module} {noun}"
    return f"{package}.{module.split('/')[0]}.{noun}"


def counts(recording: Recording) -> Mapping[str, int]:
    """Return how many resources there are of each short type, by type."""
    return dict(sorted(Counter(map(short_type, recording.resources)).items()))
