"""A protected stack by the real engine: up, another target, a destroy that takes nothing, and one that keeps files."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from offline import Recording
from offline.stack_config import StackConfig, stack_name
from rehearsal import stack
from rehearsal.story.setting import setting
from rehearsal.updates.deployment import STACK_KEY, Updates
from rehearsal.updates.source import Source
from tests.rehearsal.objects import eventually
from tests.stack_paths import COMMITTED

pytestmark = pytest.mark.engine

SPEED = 200


def retargeted(config: StackConfig) -> StackConfig:
    """Return a configuration in which every server is scaled on another value of its signal."""
    value = json.loads(config.values[STACK_KEY])
    for server in value["servers"].values():
        server["autoscaling"]["metric"]["target"] /= 2
    return replace(config, values={**config.values, STACK_KEY: json.dumps(value)})


@pytest.mark.parametrize("name", ["eks-prod", "gke-tpu-prod"])
def test_a_stack_is_kept_while_it_is_protected_and_goes_but_for_its_files_once_it_is_not(
    name: str, recordings: Mapping[str, Recording], binaries: Mapping[str, Path]
) -> None:
    recording = recordings[name]
    [path] = [path for path in COMMITTED if stack_name(path) == name]
    source = Source.of(path, recording)
    with setting(stack.read(recording), speed=SPEED, binaries=binaries, source=source) as stage:
        updates = stage.deployment
        assert isinstance(updates, Updates)
        [made] = updates.up()
        assert made.ok, made.text
        changed = updates.become(retargeted(source.config))
        assert changed.errors == []
        assert {step.operation for step in changed.steps} == {"update"}
        assert any(step.name.startswith("HorizontalPodAutoscaler") for step in changed.steps)
        before = stage.plane.client.list("v1", "Pod")
        refused = updates.attempt("destroy")  # As the Automation API runs it: with --yes and --skip-preview.
        assert refused.failed
        assert refused.steps == []
        assert any("protected" in error for error in refused.errors)
        assert {each["metadata"]["name"] for each in stage.plane.client.list("v1", "Pod")} >= {
            each["metadata"]["name"] for each in before
        }
        found = updates.down()
        assert [verdict.text for verdict in found if not verdict.ok] == []
        assert "which is to stay" in found[-1].text
        eventually(lambda: not stage.mirrors["Node"].objects)
