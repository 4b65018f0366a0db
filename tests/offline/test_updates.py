"""What a preview with a base says of each day-two change: replaced, rolling, come and gone; what must be allowed."""

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import PROGRAM, Recording, destruction, json_document, record
from offline.__main__ import main
from offline.comparison import Comparison, compare
from offline.consequences import Kind
from tests.updates import EKS_NIM, GKE_TPU, POD, Change, Stack

CATALOGUE = [
    pytest.param(stack, change, id=f"{stack}: {name}")
    for stack, changes in (("gke-tpu", GKE_TPU), ("eks-nim", EKS_NIM))
    for name, change in changes.items()
]
WATCHED = ("NodePool", "NodeGroup", "Deployment")


def written(stack: str, change: Change, folder: Path) -> tuple[Path, Path]:
    """Write the stack file as it is, and changed, under one name."""
    document: dict[str, Any] = yaml.safe_load((PROGRAM.parent / "stacks" / f"Pulumi.{stack}.yaml").read_text())
    if change.first:
        change.first(document["config"]["slipway:stack"])
    changed = copy.deepcopy(document)
    change.edit(changed["config"]["slipway:stack"])
    paths = folder / "old" / f"Pulumi.{stack}.yaml", folder / "new" / f"Pulumi.{stack}.yaml"
    for path, content in zip(paths, (document, changed), strict=True):
        path.parent.mkdir()
        path.write_text(yaml.safe_dump(content))
    return paths


def compared(stack: str, change: Change, folder: Path, recordings: Mapping[str, Recording]) -> Comparison:
    old, new = written(stack, change, folder)
    base = record(old) if change.first else recordings[stack]
    return compare(json.loads(json_document.preview(base)), record(new))


@pytest.mark.parametrize(("stack", "change"), CATALOGUE)
def test_a_preview_says_what_a_change_does(
    stack: str, change: Change, tmp_path: Path, recordings: Mapping[str, Recording]
) -> None:
    found = compared(stack, change, tmp_path, recordings)

    def named(kind: Kind) -> set[str]:
        titles = {each.title for each in found.of(kind)}
        return {title for title in titles if title.startswith(WATCHED) and not title.endswith("-load")}

    assert named("deleted") == change.deleted
    assert named("created") == change.created
    assert named("rolling") >= change.rolling
    assert named("rolling") & POD == change.rolling & POD
    refused = list(destruction.findings(found.changes, ()))
    assert {each.message.partition(" is ")[0] for each in refused} == change.destroys
    assert not list(destruction.findings(found.changes, change.destroys))


def test_a_destructive_change_fails_the_preview_until_the_stack_file_allows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], recordings: Mapping[str, Recording]
) -> None:
    base = tmp_path / "base.json"
    base.write_text(json_document.preview(recordings["gke-tpu"]))
    change = GKE_TPU["a pool bought otherwise"]
    _, new = written("gke-tpu", change, tmp_path)
    assert main(["preview", str(new), "--base", str(base)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "error: allowReplacement: NodePool v6e is replaced (nodeConfig.spot - -> true): new nodes come before" in said
    )
    assert "write 'NodePool v6e' there if that is meant" in said
    document = yaml.safe_load(new.read_text())
    document["config"]["slipway:stack"]["allowReplacement"] = sorted(change.destroys)
    new.write_text(yaml.safe_dump(document))
    assert main(["preview", str(new), "--base", str(base)]) == 0


def downgrade(stack: Stack) -> None:
    stack["cluster"]["version"] = "1.34"


def move(stack: Stack) -> None:
    stack["network"]["zones"] = ["us-east-1b", "us-east-1c"]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [(downgrade, "never down, so not from 1.35 to 1.34"), (move, "stays in the zones that it was made in")],
)
def test_what_a_cloud_refuses_is_an_error_whatever_the_stack_file_allows(
    edit: Callable[[Stack], object], reason: str, tmp_path: Path, recordings: Mapping[str, Recording]
) -> None:
    found = compared("eks-nim", Change(edit=edit), tmp_path, recordings)
    assert any(reason in each.message for each in destruction.findings(found.changes, ["Cluster eks-nim"]))


def test_a_stack_with_another_name_loses_its_cluster_and_its_files(
    tmp_path: Path, recordings: Mapping[str, Recording]
) -> None:
    found = compared("gke-tpu", Change(edit=lambda stack: stack.update(name="other")), tmp_path, recordings)
    lost = {each.message.partition(" is ")[0] for each in destruction.findings(found.changes, ())}
    assert {"Bucket gke-tpu", "Cluster gke-tpu", "Namespace gke-tpu"} <= lost
