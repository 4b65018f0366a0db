"""The Kubernetes objects of a recording as YAML files that `kubectl apply -f` takes in order.

Helm releases are not rendered: they hold charts, not objects. Secrets are not written: a recording has no secret, and
`SECRET` in its place would be applied as if it were one.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from offline.recording import Recording, Resource
from offline.wire import SECRET

_SECRET_TYPE = "kubernetes:core/v1:Secret"

_OWN_FILE = re.compile(r"\d{3,}-[a-z]+-[a-z0-9.-]+\.yaml")


def write(recording: Recording, folder: Path) -> list[Path]:
    """Write one file an object, numbered so that what an object needs comes before it, and return the files.

    Files of an earlier run go first; others in the folder stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if _OWN_FILE.fullmatch(old.name):
            old.unlink()
    objects = [
        manifest(resource)
        for resource in recording.resources
        if resource.is_kubernetes_object and resource.type != _SECRET_TYPE
    ]
    width = max(3, len(str(len(objects))))
    files: list[Path] = []
    for number, content in enumerate(objects, start=1):
        name = f"{content['kind']}-{content['metadata']['name']}".lower().replace(":", "-")
        files.append(folder / f"{number:0{width}}-{name}.yaml")
        files[-1].write_text(dump(content), encoding="utf-8")
    return files


def secret_commands(recording: Recording) -> list[str]:
    """Return the commands that make the Secrets which `write` leaves out, with a file to fill in for each value."""
    return [
        "kubectl create secret generic {name} --namespace {namespace} --type {kind} {values}".format(
            name=content["metadata"]["name"],
            namespace=content["metadata"].get("namespace", "default"),
            kind=content.get("type", "Opaque"),
            values=" ".join(f"--from-file={key}=<file>" for key in sorted(_keys(content))),
        )
        for content in map(manifest, recording.of(_SECRET_TYPE))
    ]


def manifest(resource: Resource) -> dict[str, Any]:
    """Return a Kubernetes object as the API server would get it, with `SECRET` in place of each secret.

    An object that Pulumi would name itself has a name like those; one without a namespace is in `default`.
    """
    state = dict(resource.state)
    if state["kind"] == "Secret":
        state = _with_readable_secrets(state)
    first = {key: state.pop(key) for key in ("apiVersion", "kind", "metadata")}
    return first | state


def dump(content: Mapping[str, Any]) -> str:
    """Return YAML with the keys in their order, lines unwrapped, and text of several lines as a block."""
    return yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, width=2**16, allow_unicode=True)


def _keys(secret: Mapping[str, Any]) -> set[str]:
    return {*secret.get("data", {}), *secret.get("stringData", {})}


def _with_readable_secrets(state: dict[str, Any]) -> dict[str, Any]:
    """Move masked values from `data`, which wants base64, to `stringData`."""
    data = cast("dict[str, str]", state.pop("data", {}))
    plain = cast("dict[str, str]", state.pop("stringData", {}))
    plain |= {key: value for key, value in data.items() if value == SECRET}
    rest = {key: value for key, value in data.items() if value != SECRET}
    return state | ({"data": rest} if rest else {}) | ({"stringData": plain} if plain else {})


class _Dumper(yaml.CSafeDumper):
    pass


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)  # pyright: ignore[reportUnknownMemberType]


_Dumper.add_representer(str, _represent_text)  # pyright: ignore[reportUnknownMemberType]
