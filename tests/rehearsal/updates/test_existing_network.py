"""Stacks in networks and under keys of somebody else's, by the real engine: up, up again, and away."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from offline import Recording
from offline.stack_config import stack_name
from rehearsal import stack
from rehearsal.story.setting import setting
from rehearsal.updates.source import Source
from tests.stack_paths import STACK_FILES

pytestmark = pytest.mark.engine

SPEED = 200


@pytest.mark.parametrize("name", ["eks-own-vpc", "gke-shared-vpc"])
def test_it_goes_up_stays_as_it_is_and_leaves_nothing(
    name: str, recordings: Mapping[str, Recording], binaries: Mapping[str, Path]
) -> None:
    [file] = [path for path in STACK_FILES if stack_name(path) == name]
    recording = recordings[name]
    with setting(stack.read(recording), speed=SPEED, binaries=binaries, source=Source.of(file, recording)) as stage:
        steps = (stage.deployment.up, stage.deployment.again, stage.deployment.down)
        assert [verdict.text for step in steps for verdict in step() if not verdict.ok] == []
