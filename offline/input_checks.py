"""Checks of every recorded input against the schema of what gets it. What they find is a defect of the program.

Cloud resources, providers and Helm releases are held against the provider SDKs' types, Kubernetes objects against the
published API schemas, custom resources against the models of `components.custom_resources`.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from typing import Any, cast

from offline import kubernetes_schemas, sdk_types
from offline.config_values import PLACEHOLDER
from offline.recording import Recording, Resource
from offline.wire import join
from slipway.custom_resources import MODELS


def problems(recording: Recording, without_default_provider: Collection[str]) -> list[str]:
    """Return everything that is wrong with a recording's inputs, one line each.

    `without_default_provider` are the packages whose resources must name their provider; `*` means all of them.
    """
    found: list[str] = []
    for resource in recording.resources:
        found += [f"{resource.urn}: {problem}" for problem in _resource_problems(resource, without_default_provider)]
    found += [f"output {leak}" for leak in _leak_problems(recording.outputs)]
    return found


def _resource_problems(resource: Resource, without_default_provider: Collection[str]) -> Iterator[str]:
    yield from _leak_problems(resource.inputs)
    if not resource.custom:
        return
    package = resource.type.split(":")[0]
    if resource.provider is None and package != "pulumi" and {package, "*"} & set(without_default_provider):
        yield f"has no provider, and the default one of {package!r} is disabled; pass `provider=` down to it"
    if not resource.is_kubernetes_object and not resource.is_kubernetes_patch:
        yield from sdk_types.problems(resource.type, resource.inputs)
    elif (model := MODELS.get((resource.inputs["apiVersion"], resource.inputs["kind"]))) is not None:
        yield from kubernetes_schemas.custom_resource_problems(resource, model)
    else:
        yield from kubernetes_schemas.problems(resource)


def _leak_problems(value: Any) -> Iterator[str]:
    for steps, key in _leaks(value):
        path = reduce(join, reversed(steps), "")
        yield f"{path}: the secret {key} arrives in plain text; keep it an Output and do not unwrap it"


def _leaks(value: Any) -> Iterator[tuple[list[str | int], str]]:
    """Yield the path, last step first, and the key of each secret that is part of a plain string."""
    if isinstance(value, str):
        if PLACEHOLDER in value:
            yield [], value.partition(PLACEHOLDER)[2].partition("]")[0]
        return
    children: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        children = cast("dict[str, Any]", value).items()
    elif isinstance(value, list):
        children = enumerate(cast("list[Any]", value))
    for step, child in children:
        for steps, key in _leaks(child):
            steps.append(step)
            yield steps, key
