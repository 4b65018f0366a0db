"""What the pods of a recorded stack ask others for: images, models, Secrets that a person makes."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from offline import Recording

TOKEN_VARIABLE = "HF_TOKEN_PATH"
"""Set in what downloads from Hugging Face, and in nothing else."""

MAKERS_OF_SECRETS = ("Secret", "ExternalSecret", "Certificate")
"""Kinds of objects after which a Secret exists that no person makes."""


def images(recording: Recording, registry: str) -> list[str]:
    """Return the images of pods that come from a registry, without it: `nim/meta/llama:1.0`."""
    named = {image for inputs in _objects(recording) for image in _values(inputs, "image") if isinstance(image, str)}
    return sorted(image.removeprefix(f"{registry}/") for image in named if image.startswith(f"{registry}/"))


def models(recording: Recording) -> list[str]:
    """Return the models of Hugging Face that are named in pods which have its token, or in files of pods."""
    objects = ((inputs["kind"], json.dumps(inputs)) for inputs in _objects(recording))
    text = "\n".join(each for kind, each in objects if kind == "ConfigMap" or TOKEN_VARIABLE in each)
    named = set(re.findall(r"(?<![\w./-])[\w.-]+/[\w.-]*\w(?![\w/-])", text))
    return sorted(named & set(recording.judged.models))


def secrets(recording: Recording) -> dict[tuple[str, str], set[str]]:
    """Return the keys that pods read of the Secrets that a person makes, by namespace and name; none means any."""
    made = {
        (inputs["metadata"].get("namespace"), inputs["metadata"].get("name"))
        for inputs in _objects(recording)
        if inputs["kind"] in MAKERS_OF_SECRETS
    }
    found: dict[tuple[str, str], set[str]] = {}
    for inputs in _objects(recording):
        for name, keys in _secrets_of(inputs):
            found.setdefault((inputs["metadata"].get("namespace", "default"), name), set()).update(keys)
    return {key: found[key] for key in sorted(found) if key not in made}


def _objects(recording: Recording) -> Iterator[Mapping[str, Any]]:
    return (resource.inputs for resource in recording.resources if resource.is_kubernetes_object)


def _secrets_of(inputs: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield each Secret that an object's pods read or pull images with, and its keys."""
    for reference in _values(inputs, "secretKeyRef"):
        if not reference.get("optional"):
            yield reference["name"], [reference["key"]]
    for volume in _values(inputs, "secret"):
        if isinstance(volume, dict):
            source = cast("Mapping[str, Any]", volume)
            if "secretName" in source and not source.get("optional"):
                yield source["secretName"], [item["key"] for item in source.get("items", ())]
    for references in _values(inputs, "imagePullSecrets"):
        yield from ((each["name"] if isinstance(each, dict) else each, [".dockerconfigjson"]) for each in references)


def _values(value: Any, key: str) -> Iterator[Any]:
    """Yield what a key has anywhere below a value."""
    if isinstance(value, dict):
        for name, member in cast("Mapping[str, Any]", value).items():
            if name == key:
                yield member
            yield from _values(member, key)
    elif isinstance(value, list):
        for member in cast("list[Any]", value):
            yield from _values(member, key)
