"""Which resources change because others do: by being replaced with them, or by following what they are updated to."""

from collections.abc import Iterator, Mapping, Sequence

from offline.consequences import replaced
from offline.differences import InputChange
from offline.recording import Recording, Resource
from slipway.catalog.providers import FOLLOWING, REPLACING

CLUSTER_OF_A_PROVIDER = ("pulumi:providers:kubernetes", "clusterIdentifier")
"""The input of a provider whose change replaces it; the engine then replaces every resource that it looks after."""


def replaced_with(recording: Recording, differing: Mapping[str, Sequence[InputChange]]) -> Mapping[str, Resource]:
    """Return by URN each resource that is replaced, with the one whose own inputs decide that: often itself.

    Args:
        recording: the stack as it is now.
        differing: the inputs that differ, by the URNs of the resources that were there before.
    """
    causes: dict[str, Resource] = {}
    for resource in recording.resources:
        if not resource.custom or resource.urn not in differing:
            continue
        if replaced(resource, differing[resource.urn]) or _listed(resource, differing[resource.urn]):
            causes[resource.urn] = resource
        elif (cause := next((causes[urn] for urn in _decisive(resource) if urn in causes), None)) is not None:
            causes[resource.urn] = cause
    return causes


def followed(recording: Recording, differing: Mapping[str, Sequence[InputChange]]) -> Iterator[tuple[str, InputChange]]:
    """Yield inputs that follow what an updated resource becomes, with the URN of whatever they belong to.

    Args:
        differing: as above; no preview knows the values, which are the cloud's.
    """
    for resource in (each for each in recording.resources if each.urn in differing):
        for key, urns in resource.property_dependencies.items():
            for urn in filter(differing.get, urns):
                path = FOLLOWING.get(recording.by_urn[urn].type, {}).get(resource.type, "")
                if path.partition(".")[0] == key:
                    change = InputChange(path=path, schema_path=path, old="as it was", new="what the update makes it")
                    yield resource.urn, change


def _listed(resource: Resource, inputs: Sequence[InputChange]) -> bool:
    """Whether an input differs whose change the program itself or the provider of a cluster takes for a replacement."""
    known = (*resource.replace_on_changes, *((CLUSTER_OF_A_PROVIDER[1],) if _is_provider(resource) else ()))
    return any(each.path == path for each in inputs for path in known)


def _is_provider(resource: Resource) -> bool:
    return resource.type == CLUSTER_OF_A_PROVIDER[0]


def _decisive(resource: Resource) -> Sequence[str]:
    """Return the URNs of the resources whose replacement replaces this one."""
    if _is_provider(resource):
        return resource.property_dependencies.get(CLUSTER_OF_A_PROVIDER[1], ())
    known = REPLACING.get(resource.type, ())
    return [
        *((resource.provider_urn,) if resource.provider_urn else ()),
        *(
            urn
            for key, urns in resource.property_dependencies.items()
            if any(path.split(".")[0] == key for path in known)
            for urn in urns
        ),
    ]
