"""Every committed stack by the real engine: up, up again, another target, an object lost and restored, and away."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from offline import Recording
from offline.stack_config import StackConfig, stack_name
from rehearsal import stack
from rehearsal.stack import NothingToPlayError
from rehearsal.story.setting import setting
from rehearsal.updates.deployment import STACK_KEY, Updates
from rehearsal.updates.source import Source
from tests.rehearsal.objects import eventually
from tests.stack_paths import COMMITTED

pytestmark = pytest.mark.engine

SPEED = 200
PLAYED = [path for path in COMMITTED if "existing" not in path.name]


def retargeted(config: StackConfig) -> StackConfig:
    """Return a configuration in which every server is scaled on another value of its signal."""
    value = json.loads(config.values[STACK_KEY])
    for server in value["servers"].values():
        server["autoscaling"]["metric"]["target"] /= 2
    return replace(config, values={**config.values, STACK_KEY: json.dumps(value)})


@pytest.mark.parametrize("path", PLAYED, ids=stack_name)
def test_a_stack_goes_up_changes_is_mended_and_goes_away(
    path: Path, recordings: Mapping[str, Recording], binaries: Mapping[str, Path]
) -> None:
    recording = recordings[stack_name(path)]
    try:
        played = stack.read(recording)
    except NothingToPlayError as error:
        pytest.skip(str(error))
    source = Source.of(path, recording)
    with setting(played, speed=SPEED, binaries=binaries, source=source) as stage:
        updates = stage.deployment
        assert isinstance(updates, Updates)
        found = [*updates.up()]
        if not found[-1].ok:
            found += updates.down()
        else:
            for server in stage.stack.servers:
                eventually(lambda server=server: stage.autoscaler(server).get("desiredReplicas"), 60)
            found += updates.again()
            changed = updates.become(retargeted(source.config))
            assert changed.errors == []
            assert {step.operation for step in changed.steps} == {"update"}
            assert any(step.name.startswith("HorizontalPodAutoscaler") for step in changed.steps)
            if any(each.protect for each in recording.resources):
                refused = updates.attempt("destroy")
                assert refused.failed
                assert refused.steps == []
            found += [*updates.restore(), *updates.down()]
        assert not [verdict.text for verdict in found if not verdict.ok]
        eventually(lambda: not stage.mirrors["Node"].objects)
