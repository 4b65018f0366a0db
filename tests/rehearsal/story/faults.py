"""Faults on purpose: objects that are changed for a while."""

from collections.abc import Generator
from contextlib import contextmanager

from rehearsal.client import ApiError, Client, Json
from rehearsal.story.setting import Setting
from tests.rehearsal.objects import eventually


@contextmanager
def patched(stage: Setting, manifest: Json, body: Json) -> Generator[None]:
    """Merge something into an object for a while; a merge patch replaces lists as a whole."""
    client = stage.plane.client
    found = client.get(manifest)
    assert found is not None
    with _unguarded(client):
        eventually(lambda: _is_taken(client, manifest, body))
        try:
            yield
        finally:
            kept = {key: found["spec"].get(key) for key in body.get("spec", {})}
            client.patch(manifest, {"spec": kept})


@contextmanager
def _unguarded(client: Client) -> Generator[None]:
    """Lift for a while what keeps hands from objects."""
    bindings = client.list("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding")
    for each in bindings:
        client.delete(each)
    try:
        yield
    finally:
        for each in bindings:
            metadata = {"name": each["metadata"]["name"]}
            client.apply({**each, "metadata": metadata})


def _is_taken(client: Client, manifest: Json, body: Json) -> bool:
    """Patch an object; the API server goes on to refuse it for a moment after nothing tells it to."""
    try:
        client.patch(manifest, body)
    except ApiError as error:
        if "ValidatingAdmissionPolicy" not in str(error):
            raise
        return False
    return True
