"""What no update and no destroy takes: what is protected, what guards the rest, and what goes before it comes again."""

from collections.abc import Mapping

import pytest

from offline import Recording
from slipway.catalog.providers import KEEPING
from tests.stacks.edits import Deploy, Refuse
from tests.stacks.lookup import NODE_GROUP, one

GUARD = "slipway:stacks:DeletionGuard"
PROTECTED = ("eks-prod", "gke-tpu-prod")


@pytest.mark.parametrize("name", PROTECTED)
def test_a_protected_stack_keeps_what_nothing_brings_back(name: str, recordings: Mapping[str, Recording]) -> None:
    recording = recordings[name]
    protected = {each.urn for each in recording.resources if each.protect}
    assert protected == {each.urn for each in recording.of(*KEEPING, GUARD)}


def test_the_guard_goes_before_everything_else(recording: Recording) -> None:
    [guard] = recording.of(GUARD)
    assert set(guard.dependencies) == {each.urn for each in recording.resources if each.custom}
    assert bool(guard.protect) == any(each.protect for each in recording.resources)


def test_a_resource_of_which_the_stack_file_allows_it_may_be_replaced(deployed: Deploy) -> None:
    allowed = ["Cluster gke-tpu-prod", "Bucket gke-tpu-prod"]
    recording = deployed(lambda stack: stack.update(allowReplacement=allowed), stack="gke-tpu-prod")
    for each in recording.of(*KEEPING):
        assert bool(each.protect) != (f"{each.type.rpartition(':')[2]} {each.name}" in allowed), each.urn


def test_what_may_be_replaced_is_named_by_type_and_name(refused: Refuse) -> None:
    assert "allowReplacement.0" in refused(lambda stack: stack.update(allowReplacement=["cluster"]))


def test_an_object_of_a_cluster_goes_before_its_replacement_comes(recording: Recording) -> None:
    for each in recording.resources:
        if each.type.startswith("kubernetes:"):
            assert each.delete_before_replace, each.urn


def test_a_pool_of_reserved_nodes_goes_before_its_replacement_comes(recordings: Mapping[str, Recording]) -> None:
    choices = recordings["eks-choices"]
    found = {name: bool(one(choices, NODE_GROUP, name).delete_before_replace) for name in ("block", "reserved", "spot")}
    assert found == {"block": True, "reserved": True, "spot": False}


def test_files_stay_after_a_destroy_where_the_stack_file_keeps_them(recordings: Mapping[str, Recording]) -> None:
    resources = [each for recording in recordings.values() for each in recording.resources]
    kept = {f"{each.type.rpartition(':')[2]} {each.name}" for each in resources if each.retain_on_delete}
    assert kept == {
        "Bucket gke-tpu-prod",
        "FileSystem eks-karpenter-shared",
        "FileSystem eks-prod-shared",
        "FileSystem triton-choices-shared",
    }
