"""The catalogue of day-two changes by the real engine, one after the other: it does what a preview with a base says.

Each change begins where the one before it ended, so that all of them are undone, too.
"""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import PROGRAM, json_document
from offline.comparison import Comparison, compare
from rehearsal.story.setting import setting
from rehearsal.updates.deployment import Updates
from rehearsal.updates.engine import Update
from rehearsal.updates.rehearse import state
from rehearsal.updates.transition import joined
from tests.updates import EKS_NIM, GKE_TPU, Change

pytestmark = pytest.mark.engine

SPEED = 200
TYPES = ("Cluster", "Deployment", "HorizontalPodAutoscaler", "Namespace", "NodeGroup", "NodePool", "Subnet")
"""Of which each step of the engine is compared."""


def written(stack: str, change: Change | None, folder: Path) -> Path:
    document: dict[str, Any] = yaml.safe_load((PROGRAM.parent / "stacks" / f"Pulumi.{stack}.yaml").read_text())
    document = copy.deepcopy(document)
    if change:
        change.edit(document["config"]["slipway:stack"])
    folder.mkdir()
    path = folder / f"Pulumi.{stack}.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def said(comparison: Comparison) -> set[tuple[str, str]]:
    """Return what a preview says: operations and titles."""
    words = {"rolling": "update", "in place": "update", "replaced": "replace", "created": "create", "deleted": "delete"}
    pairs = {(words[each.effect.kind], each.title) for each in comparison.changes}
    return {(word, title) for word, title in pairs if title.split()[0] in TYPES}


def done(update: Update) -> set[tuple[str, str]]:
    """Return what the engine did, in the same words."""
    pairs = {(step.operation, step.name) for step in update.steps}
    words = ("create", "delete", "replace", "update")
    return {(word, title) for word, title in pairs if word in words and title.split()[0] in TYPES}


@pytest.mark.parametrize(("stack", "changes"), [("gke-tpu", GKE_TPU), ("eks-nim", EKS_NIM)], ids=["gke-tpu", "eks-nim"])
def test_the_engine_does_what_a_preview_says(
    stack: str, changes: Mapping[str, Change], tmp_path: Path, binaries: Mapping[str, Path]
) -> None:
    first = state(written(stack, None, tmp_path / "first"))
    states = {name: state(written(stack, change, tmp_path / name)) for name, change in changes.items()}
    played = first.played
    for each in states.values():
        played = joined(each.played, played)
    wrong: list[str] = []
    with setting(played, speed=SPEED, binaries=binaries, source=first.source) as stage:
        updates = stage.deployment
        assert isinstance(updates, Updates)
        assert [verdict.text for verdict in updates.up() if not verdict.ok] == []
        before = first
        for name, after in states.items():
            stage.fleet.plan(joined(played, after.played).pools, {*before.source.pools, *after.source.pools})
            update = updates.become(after.source.config)
            wanted = said(compare(json.loads(json_document.preview(before.recording)), after.recording))
            if update.failed or done(update) != wanted:
                apart = f"only said {wanted - done(update)}, only done {done(update) - wanted}"
                wrong.append(f"{name}: {update.errors}; {apart}")
            before = after
        assert not wrong, "\n".join(wrong)
        assert [verdict.text for verdict in updates.down() if not verdict.ok] == []
