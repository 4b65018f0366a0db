"""Stacks of which no server is loaded, by the real engine: deployed, deployed again, an object lost, destroyed."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console

from offline import Recording
from offline.stack_config import stack_name
from rehearsal import stack
from rehearsal.story.play import play
from rehearsal.story.screen import Screen
from rehearsal.story.setting import setting
from rehearsal.story.told import Act
from rehearsal.updates.source import Source
from tests.stack_paths import STACK_FILES

pytestmark = pytest.mark.engine

SPEED = 200


@pytest.mark.parametrize(
    ("name", "why"),
    [("multi-host", "its replicas span several hosts"), ("eks-keda", "its autoscaler is made by KEDA")],
)
def test_a_stack_that_nobody_loads_is_deployed_and_removed(
    name: str,
    why: str,
    recordings: Mapping[str, Recording],
    binaries: Mapping[str, Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    [path] = [path for path in STACK_FILES if stack_name(path) == name]
    played, source = stack.read(recordings[name]), Source.of(path, recordings[name])
    with setting(played, speed=SPEED, binaries=binaries, source=source) as stage:
        told = play(stage, Screen(Console(force_terminal=False)))
    assert [verdict.text for verdict in told.verdicts if not verdict.ok] == []
    assert list(told.acts) == [Act.START, Act.UPDATE, Act.TEARDOWN]
    assert why in capsys.readouterr().out
