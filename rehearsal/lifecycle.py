"""Applies a stack's objects to the API server in their order, and takes them away again in the reverse of it.

The order is the caller's, from the recorded dependencies, and nothing here mends a wrong one: what `pulumi up` could
not create is refused here, and what `pulumi destroy` would leave behind is left here.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from typing_extensions import override

from rehearsal.client import ApiError, Client, Json, title

OPENING = ("CustomResourceDefinition", "Namespace")
"""Kinds whose objects make others possible."""
OPEN_SECONDS = 10
DELETE_SECONDS = 30
POLL_SECONDS = 0.1

# Made and removed by the cluster itself, whatever the stack does.
UNCOUNTED = frozenset({"ComponentStatus", "CSINode", "Event", "Lease", "Node"})


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that the API server did not accept.

    Attributes:
        manifest: the object.
        message: what the server said, or what it did not do in time.
    """

    manifest: Json
    message: str

    @override
    def __str__(self) -> str:
        return f"{title(self.manifest)}: {self.message}"


def apply(client: Client, manifests: Sequence[Json]) -> list[Refused]:
    """Apply each object on the server's side, in order, and return all that were refused.

    After CustomResourceDefinitions or Namespaces it waits until objects of them or in them are accepted.
    """
    refused: list[Refused] = []
    for opens, together in groupby(manifests, key=lambda manifest: manifest["kind"] in OPENING):
        accepted: list[Json] = []
        for manifest in together:
            try:
                client.apply(manifest)
                accepted.append(manifest)
            except ApiError as error:
                refused.append(Refused(manifest, str(error)))
        for manifest in accepted if opens else ():
            if not within(OPEN_SECONDS, lambda manifest=manifest: _is_open(client, manifest)):
                refused.append(Refused(manifest, f"accepted, but not usable within {OPEN_SECONDS} s"))
    return refused


def inventory(client: Client) -> frozenset[str]:
    """Return kind, group and name of every object, but for those that the cluster makes itself.

    A group that does not answer, as when the server behind an APIService is gone, is an entry of its own.
    """
    groups = client.request("GET", "/apis")["groups"]
    found: set[str] = set()
    for api_version in ("v1", *(group["preferredVersion"]["groupVersion"] for group in groups)):
        try:
            kinds = [kind for kind in client.kinds(api_version) if "list" in kind.verbs and kind.name not in UNCOUNTED]
            for kind in kinds:
                found |= {f"{api_version} {title(item)}" for item in client.list(api_version, kind.name)}
        except ApiError as error:
            found.add(f"API {api_version}, which does not answer ({error})")
    return frozenset(found)


def delete(
    client: Client, manifests: Sequence[Json], *, before: frozenset[str], seconds: float = DELETE_SECONDS
) -> list[str]:
    """Delete the objects in reverse order, each after the one before it has gone, and say what is left.

    Args:
        client: the connection.
        manifests: the objects in the order in which they were applied.
        before: `inventory` before they were applied, to find what controllers made for them.
        seconds: how long to wait for each object; a namespace is empty only when all in it have gone.

    Returns:
        A sentence for each object that is still there; empty when all have gone.
    """
    stuck: list[str] = []
    for manifest in reversed(manifests):
        try:
            client.delete(manifest)
            if not within(seconds, lambda manifest=manifest: client.get(manifest) is None):
                stuck.append(f"{title(manifest)} is still there after {seconds:.0f} s{_why(client, manifest)}.")
        except ApiError as error:
            stuck.append(f"{title(manifest)} cannot be deleted: {error}.")
    if stuck:
        return stuck
    within(seconds, lambda: inventory(client) <= before)
    return [f"{left} is left, though it is not in the manifests." for left in sorted(inventory(client) - before)]


def _is_open(client: Client, manifest: Json) -> bool:
    if manifest["kind"] == "Namespace":
        account = {"name": "default", "namespace": manifest["metadata"]["name"]}
        return client.get({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}) is not None
    return "Established" in _true_conditions(client.get(manifest)) and _listed(client, manifest["spec"])


def _listed(client: Client, definition: Json) -> bool:
    try:
        for version in definition["versions"]:
            client.list(f"{definition['group']}/{version['name']}", definition["names"]["kind"])
    except ApiError:
        return False
    return True


def _why(client: Client, manifest: Json) -> str:
    found = client.get(manifest) or {}
    reasons = [f"finalizer {finalizer}" for finalizer in found.get("metadata", {}).get("finalizers", [])]
    if manifest["kind"] == "Namespace":
        reasons += [f"{condition}: {message}" for condition, message in _true_conditions(found).items()]
    return f" ({'; '.join(reasons)})" if reasons else ""


def _true_conditions(found: Json | None) -> dict[str, str]:
    status: Json = (found or {}).get("status", {})
    conditions: list[Json] = status.get("conditions") or []
    return {each["type"]: each.get("message", "") for each in conditions if each["status"] == "True"}


def within(seconds: float, done: Callable[[], bool]) -> bool:
    """Ask until `done` is true; return whether it was within so many seconds."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
