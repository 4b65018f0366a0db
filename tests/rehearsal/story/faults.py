"""Faults on purpose: objects that are changed for a while."""

from collections.abc import Generator
from contextlib import contextmanager

from rehearsal.client import Json
from rehearsal.story.setting import Setting


@contextmanager
def patched(stage: Setting, manifest: Json, body: Json) -> Generator[None]:
    """Merge something into an object for a while; a merge patch replaces lists as a whole."""
    found = stage.plane.client.get(manifest)
    assert found is not None
    stage.plane.client.patch(manifest, body)
    try:
        yield
    finally:
        kept = {key: found["spec"].get(key) for key in body.get("spec", {})}
        stage.plane.client.patch(manifest, {"spec": kept})
