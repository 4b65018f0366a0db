"""What a stack is made of, as a bill of materials in CycloneDX: images, charts, models, and the program's packages.

Versions are those that the stack pins. An image's digest is told where the stack names it by one; licences are told of
packages alone, since neither charts nor images carry theirs where nobody has fetched them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any, cast

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from offline.recording import Recording

RELEASE = "kubernetes:helm.sh/v3:Release"
SHA256 = "@sha256:"
_BOM: Any = Bom
_COMPONENT: Any = Component
_HASH: Any = HashType
"""The library's decorators hide what these take."""

LIBRARY = "slipway"
"""The components, whose every extra the program installs."""


def document(recording: Recording) -> str:
    """Return the bill of a stack as JSON; the same stack has the same components."""
    bom = _BOM()
    root = _COMPONENT(type=ComponentType.APPLICATION, name=recording.stack, bom_ref=recording.stack)
    bom.metadata.component = root
    bom.components.update([*_images(recording), *_charts(recording), *_models(recording), *_packages()])
    bom.register_dependency(root, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _images(recording: Recording) -> Iterator[Any]:
    """Yield the images of the pods that the stack itself states."""
    inputs = (each.inputs for each in recording.resources if each.is_kubernetes_object)
    for image in sorted({image for each in inputs for image in _named(each)}):
        name, _, digest = image.partition(SHA256)
        head, colon, tag = name.rpartition(":")
        name, version = (head, tag) if colon and "/" not in tag else (name, None)
        yield _COMPONENT(
            type=ComponentType.CONTAINER,
            name=name,
            version=version or digest or None,
            hashes=[_HASH(alg=HashAlgorithm.SHA_256, content=digest)] if digest else (),
            bom_ref=f"image:{image}",
        )


def _named(value: object) -> Iterator[str]:
    """Yield the image of each container, and what operators are told to make one of."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            if key == "image" and isinstance(item, str):
                yield item
            elif key == "image" and isinstance(item, Mapping) and {"repository", "tag"} <= {*cast("Any", item)}:
                yield f"{item['repository']}:{item['tag']}"
            else:
                yield from _named(cast("object", item))
    elif isinstance(value, list | tuple):
        for item in cast("Iterable[Any]", value):
            yield from _named(item)


def _charts(recording: Recording) -> Iterator[Any]:
    for release in recording.of(RELEASE):
        chart, version = release.inputs["chart"], release.inputs["version"]
        source = release.inputs.get("repositoryOpts", {}).get("repo")
        yield _COMPONENT(
            type=ComponentType.APPLICATION,
            name=chart,
            version=version,
            group=source,
            bom_ref=f"chart:{release.inputs['name']}:{chart}:{version}",
        )


def _models(recording: Recording) -> Iterator[Any]:
    """Yield the models that servers hold; a revision is not pinned, so there is no version."""
    held = {server.replica.model.name for server in recording.judged.servers.values() if server.replica}
    for name in sorted(held):
        yield _COMPONENT(type=ComponentType.MACHINE_LEARNING_MODEL, name=name, bom_ref=f"model:{name}")


def _packages() -> Iterator[Any]:
    """Yield the packages that the program needs to deploy, and those that these need, as they are installed."""
    licences = LicenseFactory()
    for package in _needed(each.partition(";")[0] for each in distribution(LIBRARY).requires or ()):
        keys = [key for key in ("License-Expression", "License") if key in package.metadata]
        stated = package.metadata[keys[0]] if keys else ""
        name = package.metadata["Name"]
        yield _COMPONENT(
            type=ComponentType.LIBRARY,
            name=name,
            version=package.version,
            purl=PackageURL("pypi", name=name.lower(), version=package.version),
            # Some put the whole text there.
            licenses=[licences.make_from_string(stated)] if stated and "\n" not in stated else (),
            bom_ref=f"package:{name}",
        )


def _needed(requirements: Iterable[str]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    rest = list(requirements)
    while rest:
        requirement = rest.pop()
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()
        if name in found or "extra ==" in requirement:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            # It is for another platform.
            continue
        rest += found[name].requires or ()
    return list(found.values())
