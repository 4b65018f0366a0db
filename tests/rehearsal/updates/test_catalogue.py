"""The catalogue of day-two changes by the real engine: it plans of each what a preview with a base says, and does some.

What is done begins where the last ended, so that it is undone, too: servers and pools go. Each kind of verdict is there
once for each stack; a cluster that is replaced is the longest of them, and zone stands for all that replace it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import PROGRAM, json_document
from offline.comparison import Comparison, compare
from rehearsal.story.setting import setting
from rehearsal.updates.deployment import Updates
from rehearsal.updates.rehearse import state
from rehearsal.updates.transition import State, joined
from rehearsal.updates.update import Update
from tests.updates import EKS_NIM, GKE_TPU, Change

pytestmark = pytest.mark.engine

SPEED = 100
"""Faster, and the control loops take the cores from the engine."""
TYPES = ("Cluster", "Deployment", "HorizontalPodAutoscaler", "Namespace", "NodeGroup", "NodePool", "Release", "Subnet")
"""Of which each step of the engine is compared."""
WORDS = {**{word: word for word in ("create", "delete", "replace", "update")}, "remove-pending-replace": "delete"}
"""What the engine does, by its own words: the last is of an object that went with its namespace, and stays away."""

ADAPTER = "slipway:addons:StackdriverAdapter$"

DONE: Mapping[str, Sequence[Sequence[str]]] = {
    "gke-tpu": [
        ("limits", "target", "access", "a server more", "a pool more"),
        ("a pool renamed",),
        ("namespace",),
        ("zone",),
    ],
    "eks-nim": [
        ("image", "target", "access", "a server more", "a pool more", "a zone more", "chart value"),
        ("a pool bought otherwise",),
    ],
}
"""What is done at once, after one another."""


def written(stack: str, changes: Iterable[Change], folder: Path) -> Path:
    document: dict[str, Any] = yaml.safe_load((PROGRAM.parent / "stacks" / f"Pulumi.{stack}.yaml").read_text())
    for change in changes:
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
    """Return what the engine did, or plans, in the same words."""
    pairs = {(WORDS[step.operation], step.name) for step in update.steps if step.operation in WORDS}
    return {(word, title) for word, title in pairs if title.split()[0] in TYPES}


def apart(what: str, update: Update, before: State, after: State) -> list[str]:
    """Say where the engine and a preview differ."""
    wanted = said(compare(json.loads(json_document.preview(before.recording)), after.recording))
    if done(update) == wanted and not update.failed:
        return []
    return [f"{what}: {update.errors}; only said {wanted - done(update)}, only done {done(update) - wanted}"]


def late(update: Update) -> list[str]:
    """Return the metrics APIs that go after the namespace of what answers for them: it waits for them, and for ever."""
    gone = [step for step in update.steps if step.operation == "delete-replaced" and ADAPTER in step.urn]
    first = next((index for index, step in enumerate(gone) if step.name.startswith("Namespace")), len(gone))
    return [f"{step.name} goes after its namespace" for step in gone[first:] if step.name.startswith("APIService")]


@pytest.mark.parametrize(("stack", "changes"), [("gke-tpu", GKE_TPU), ("eks-nim", EKS_NIM)], ids=["gke-tpu", "eks-nim"])
def test_the_engine_plans_and_does_what_a_preview_says(
    stack: str, changes: Mapping[str, Change], tmp_path: Path, binaries: Mapping[str, Path]
) -> None:
    first = state(written(stack, (), tmp_path / "first"))
    planned = {
        name: state(written(stack, [change], tmp_path / name)) for name, change in changes.items() if not change.first
    }
    made = {
        " + ".join(names): state(written(stack, [changes[name] for name in names], tmp_path / str(index)))
        for index, names in enumerate(DONE[stack])
    }
    played = reduce(lambda both, each: joined(each.played, both), made.values(), first.played)
    wrong: list[str] = []
    with setting(played, speed=SPEED, binaries=binaries, source=first.source) as stage:
        updates = stage.deployment
        assert isinstance(updates, Updates)
        assert [verdict.text for verdict in updates.up() if not verdict.ok] == []
        for name, after in planned.items():
            wrong += apart(name, updates.become(after.source.config, command="preview"), first, after)
        before, pools = first, {name for each in made.values() for name in each.source.pools}
        for names, after in made.items():
            stage.fleet.plan(joined(played, after.played).pools, {*first.source.pools, *pools})
            update = updates.become(after.source.config)
            wrong += [*apart(f"done: {names}", update, before, after), *late(update)]
            before = after
        assert not wrong, "\n".join(wrong)
        assert [verdict.text for verdict in updates.down() if not verdict.ok] == []
