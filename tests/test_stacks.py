"""Every stack file deploys, and what it registers keeps its names from one change to the next."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from stack_paths import COMMITTED

from offline import Recording
from offline.recording import Resource
from offline.stack_config import stack_name
from stacks.__main__ import schema

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
def test_a_deployed_stack_keeps_its_urns_and_what_it_asks_for(path: Path, recordings: Mapping[str, Recording]) -> None:
    """A URN that changes is a resource that is deleted and made again, unless an alias says otherwise. F7.

    Beside each URN is a digest of the resource's inputs. `UPDATE_GOLDEN=1 make test` writes the lists anew; a changed
    URN then needs an alias or a reason, a changed digest a look at what is asked for.
    """
    found = sorted(f"{each.urn} {digest(each)}" for each in recordings[stack_name(path)].resources)
    golden = GOLDEN / f"{stack_name(path)}.urns"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text("\n".join(found) + "\n")
    assert found == golden.read_text().splitlines()


def digest(resource: Resource) -> str:
    return sha256(json.dumps(resource.inputs, sort_keys=True).encode()).hexdigest()[:12]


def test_the_schema_of_the_stack_files_is_fresh() -> None:
    assert json.loads(SCHEMA.read_text()) == schema(), "run make schema"


def test_no_committed_stack_needs_a_secret_to_be_previewed(recordings: Mapping[str, Recording]) -> None:
    assert all(not recordings[stack_name(path)].secret_outputs for path in COMMITTED)
