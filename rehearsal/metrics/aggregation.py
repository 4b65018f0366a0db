"""The metrics APIs of a stack, led to what answers them on this machine: no pod of an adapter runs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rehearsal.client import Json, title


def led(manifests: Sequence[Json], address: str, port: int) -> list[Json]:
    """Return the objects with each APIService that names a Service led to this address and port.

    The Service becomes one of type ExternalName, which the API server follows to this machine; its selector and ports
    stay, and lead nobody any more.
    """
    services = [each["spec"]["service"] for each in manifests if _is_led(each)]
    names = {(service["namespace"], service["name"]) for service in services}
    return [_led(manifest, names, address, port) for manifest in manifests]


def _led(manifest: Json, services: set[tuple[str, str]], address: str, port: int) -> Json:
    spec, metadata = manifest.get("spec", {}), manifest["metadata"]
    if _is_led(manifest):
        return {**manifest, "spec": {**spec, "service": {**spec["service"], "port": port}}}
    if manifest["kind"] == "Service" and (metadata.get("namespace", "default"), metadata["name"]) in services:
        kept = {key: spec[key] for key in ("selector", "ports") if key in spec}
        return {**manifest, "spec": {**kept, "type": "ExternalName", "externalName": address}}
    return manifest


def unregistered(group: str, apis: Iterable[Json], services: Iterable[Json]) -> str:
    """Say why the API server leads requests for a group of the metrics APIs nowhere; empty if it leads them somewhere.

    Args:
        group: such as `custom.metrics.k8s.io`.
        apis: all APIServices.
        services: all Services.
    """
    leading = [each for each in apis if each["spec"].get("group") == group and each["spec"].get("service")]
    if not leading:
        return f"no APIService registers {group}, so the API server knows no such API"
    there = {(each["metadata"]["namespace"], each["metadata"]["name"]) for each in services}
    lost = [each for each in leading if _named(each["spec"]["service"]) not in there]
    if len(lost) == len(leading):
        where = " and ".join(sorted({"/".join(_named(each["spec"]["service"])) for each in lost}))
        return f"{' and '.join(map(title, lost))} leads to Service {where}, which does not exist"
    said = [f"{title(each)} says {why}" for each in leading if (why := _unavailable(each))]
    return "; ".join(said) if len(said) == len(leading) else ""


def _named(service: Mapping[str, str]) -> tuple[str, str]:
    return service["namespace"], service["name"]


def _unavailable(api: Json) -> str:
    conditions: Sequence[Mapping[str, Any]] = api.get("status", {}).get("conditions", ())
    wrong = (each for each in conditions if each["type"] == "Available" and each["status"] == "False")
    return "; ".join(f"{each.get('reason')}: {each.get('message')}" for each in wrong)


def _is_led(manifest: Json) -> bool:
    return manifest["kind"] == "APIService" and "service" in manifest["spec"]
