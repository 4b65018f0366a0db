"""A repository's small files as the data of a ConfigMap, and the volume that puts them back in their places.

The kubelet cannot make an empty directory and leaves its own `..data` beside the files of a volume; Triton takes every
directory of a repository for a model. So each version directory without a file gets a marker, and each model is
mounted as a volume of its own.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from slipway.checks import Finding
from slipway.triton_repository.layout import Layout, layout
from slipway.triton_repository.model import Repository

LIMIT_BYTES = 1024 * 1024
"""The most that a ConfigMap may hold, keys and values (Kubernetes' own limit)."""
EMPTY_DIRECTORY_MARKER = ".directory"
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")


@dataclass(frozen=True, slots=True)
class ConfigMapFiles:
    """What a ConfigMap holds for a repository.

    Attributes:
        data: text by key.
        binary_data: other contents by key, in base64.
        items: for each model, the path in its directory of each of its keys: the `items` of its volume.
        links: what is elsewhere: the path in the container by the path in the repository.
        digest: changes with any path, content or link; as an annotation of the pods it rolls them.
    """

    data: Mapping[str, str]
    binary_data: Mapping[str, str]
    items: Mapping[str, Mapping[str, str]]
    links: Mapping[str, str]
    digest: str


def config_map_files(repository: Repository) -> ConfigMapFiles:
    """Return the data of the ConfigMap for `repository`."""
    held = layout(repository)
    files = held.files | _markers(held)
    data: dict[str, str] = {}
    binary_data: dict[str, str] = {}
    items: dict[str, dict[str, str]] = {model.name: {} for model in repository.models}
    for path, content in files.items():
        model, _, inside = path.partition("/")
        items[model][_key(path)] = inside
        try:
            data[_key(path)] = content.decode()
        except UnicodeDecodeError:
            binary_data[_key(path)] = base64.b64encode(content).decode()
    return ConfigMapFiles(data, binary_data, items, held.links, _digest(files, held.links))


def config_map_findings(repository: Repository, place: str) -> list[Finding]:
    """Say what keeps the small files of `repository` out of a ConfigMap; `place` names it."""
    held = layout(repository)
    remedy = "use letters, digits, '_', '-' and '.'"
    findings = [
        Finding("triton.config-map-key", place, f"{path}: a key of a ConfigMap has no such characters", remedy)
        for path in held.files
        if not _KEY.fullmatch(_key(path))
    ]
    size = sum(len(_key(path)) + len(content) for path, content in (held.files | _markers(held)).items())
    if size <= LIMIT_BYTES:
        return findings
    largest = max(held.files, key=lambda path: len(held.files[path]))
    message = f"its files take {size} bytes, and a ConfigMap holds {LIMIT_BYTES}; the largest is {largest}"
    remedy = f"make {largest} External and bring it from a bucket, a file system or the image"
    return [*findings, Finding("triton.config-map-size", place, message, remedy)]


def _markers(held: Layout) -> dict[str, bytes]:
    filled = [*held.files, *held.links]
    return {
        f"{directory}/{EMPTY_DIRECTORY_MARKER}": b""
        for directory in held.directories
        if not any(path.startswith(f"{directory}/") for path in filled)
    }


def _key(path: str) -> str:
    """Return the key of a path; the escape keeps two paths from sharing one."""
    return path.replace("_", "__").replace("/", "_.")


def _digest(files: Mapping[str, bytes], links: Mapping[str, str]) -> str:
    summed = hashlib.sha256()
    for path, content in sorted(files.items()):
        summed.update(f"{path}\0{len(content)}\0".encode() + content)
    for path, source in sorted(links.items()):
        summed.update(f"{path}\0-> {source}\0".encode())
    return summed.hexdigest()
