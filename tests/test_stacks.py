"""Every stack file deploys, and what it registers keeps its names from one change to the next."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from offline import Recording, Resource
from offline.stack_config import stack_name
from stacks.__main__ import schema
from tests.stack_paths import COMMITTED

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = Path(__file__).parents[1] / "stacks" / "schema.json"


def test_every_stack_file_deploys_and_says_where_its_servers_are(recording: Recording) -> None:
    assert recording.outputs["endpoints"]


def test_every_stack_that_makes_a_cluster_says_how_it_is_reached(recordings: Mapping[str, Recording]) -> None:
    for recording in recordings.values():
        if any(recording.of(kind) for kind in ("gcp:container/cluster:Cluster", "aws:eks/cluster:Cluster")):
            _says_how_it_is_reached(recording)


def _says_how_it_is_reached(recording: Recording) -> None:
    assert recording.outputs["clusterName"]
    commands = ("gcloud container clusters get-credentials ", "aws eks update-kubeconfig ")
    assert recording.outputs["credentialsCommand"].startswith(commands)


@pytest.mark.parametrize("path", COMMITTED, ids=stack_name)
def test_a_deployed_stack_keeps_its_resources_as_they_are(path: Path, recordings: Mapping[str, Recording]) -> None:
    """A URN that changes is a resource that is deleted and made again, unless an alias says otherwise. F7.

    `UPDATE_GOLDEN=1 make test` writes the lists anew; a changed URN then needs an alias or a reason, and a changed
    digest a look at what `make preview BASE=…` says of the inputs.
    """
    lines = sorted(f"{resource.urn} {_digest(resource)}" for resource in recordings[stack_name(path)].resources)
    golden = GOLDEN / f"{stack_name(path)}.resources"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text("\n".join(lines) + "\n")
    assert lines == golden.read_text().splitlines()


def _digest(resource: Resource) -> str:
    """Return what changes with any of the inputs; secrets are masked in them."""
    return hashlib.sha256(json.dumps(resource.inputs, sort_keys=True).encode()).hexdigest()[:12]


def test_the_schema_of_the_stack_files_is_fresh() -> None:
    assert json.loads(SCHEMA.read_text()) == schema(), "run make schema"


def test_no_committed_stack_needs_a_secret_to_be_previewed(recordings: Mapping[str, Recording]) -> None:
    assert all(not recordings[stack_name(path)].secret_outputs for path in COMMITTED)
