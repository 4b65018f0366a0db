"""The metrics APIs of a stack, led to what answers them on this machine: no pod of an adapter runs."""

from collections.abc import Sequence

from rehearsal.client import Json


def led(manifests: Sequence[Json], address: str, port: int) -> list[Json]:
    """Return the objects with each APIService that names a Service led to this address and port.

    The Service becomes one of type ExternalName, which the API server follows to this machine.
    """
    services = [each["spec"]["service"] for each in manifests if _is_led(each)]
    names = {(service["namespace"], service["name"]) for service in services}
    return [_led(manifest, names, address, port) for manifest in manifests]


def _led(manifest: Json, services: set[tuple[str, str]], address: str, port: int) -> Json:
    spec, metadata = manifest.get("spec", {}), manifest["metadata"]
    if _is_led(manifest):
        return {**manifest, "spec": {**spec, "service": {**spec["service"], "port": port}}}
    if manifest["kind"] == "Service" and (metadata.get("namespace", "default"), metadata["name"]) in services:
        return {**manifest, "spec": {"type": "ExternalName", "externalName": address}}
    return manifest


def _is_led(manifest: Json) -> bool:
    return manifest["kind"] == "APIService" and "service" in manifest["spec"]
