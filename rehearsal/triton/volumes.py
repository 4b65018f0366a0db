"""A pod's ConfigMap volumes as files on this machine, laid out as a kubelet does; other volumes are empty folders."""

import base64
from collections.abc import Mapping
from pathlib import Path

from rehearsal.client import Json

DATA = "..data"
"""The link through which a kubelet changes all files of a volume at once."""


def files(volume: Json, config_maps: Mapping[str, Json]) -> dict[str, bytes]:
    """Return the files of a ConfigMap volume by their paths in it; none for any other volume.

    Args:
        volume: one of a pod's `spec.volumes`.
        config_maps: those of the pod's namespace, by name.

    Raises:
        KeyError: there is no such ConfigMap, or it has no such key; a kubelet would wait for it.
    """
    source: Json = volume.get("configMap") or {}
    if not source:
        return {}
    found = config_maps[source["name"]]
    texts: Mapping[str, str] = found.get("data") or {}
    others: Mapping[str, str] = found.get("binaryData") or {}
    content = {key: text.encode() for key, text in texts.items()}
    content |= {key: base64.b64decode(data) for key, data in others.items()}
    if items := source.get("items"):
        return {item["path"]: content[item["key"]] for item in items}
    return content


def mount(pod: Json, container: Json, config_maps: Mapping[str, Json], root: Path) -> None:
    """Put the volumes of a container at their mount paths below `root`; what is there already stays.

    Args:
        pod: the `spec`.
        container: one of its containers.
        config_maps: those of the pod's namespace, by name.
        root: stands for the container's root; containers that share a volume mount it at one path.
    """
    volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
    for place in container.get("volumeMounts", ()):
        folder = below(root, place["mountPath"])
        if folder.exists():
            continue
        folder.mkdir(parents=True)
        if content := files(volumes[place["name"]], config_maps):
            _write(content, folder)


def below(root: Path, path: str) -> Path:
    """Return where an absolute path of a container is below `root`."""
    return root / path.lstrip("/")


def _write(content: Mapping[str, bytes], folder: Path) -> None:
    version = folder / "..version"
    for path, data in content.items():
        place = version / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (folder / DATA).symlink_to(version.name)
    for entry in version.iterdir():
        (folder / entry.name).symlink_to(Path(DATA) / entry.name)
