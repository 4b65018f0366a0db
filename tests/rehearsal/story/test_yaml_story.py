"""A program in Pulumi YAML that is a whole stack: the plugin's `Serving`, played by the real engine."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.automation.events import EngineEvent
from typing_extensions import override

from offline import Recording
from rehearsal import build, pins, stack
from rehearsal.story.observation import signal
from rehearsal.story.setting import setting
from rehearsal.story.verdict import Verdict
from rehearsal.updates import source
from rehearsal.updates.engine import Engine
from rehearsal.updates.update import Name, Update
from slipway.project import PROJECT_FILE
from tests.plugin.engine import attachable
from tests.rehearsal.objects import eventually
from tests.stack_paths import COMMITTED

pytestmark = pytest.mark.engine

SPEED = 60


class YamlEngine(Engine):
    """The engine with a project in YAML, attached to the plugin."""

    def __init__(self, plugin: int, language: Path, *given: Any) -> None:
        super().__init__(*given)
        self._plugin = plugin
        # Without a program of its own, a workspace is what its folder says.
        self._workspace.program = None
        path = os.pathsep.join([str(language.parent), os.environ["PATH"]])
        self._workspace.env_vars = {**self._workspace.env_vars, "PATH": path}

    @override
    def run_by(self, program: Path) -> None:
        shutil.copy(program, self._project / PROJECT_FILE)

    @override
    def run(
        self, command: Name, providers: Mapping[str, int], told: Callable[[EngineEvent], None] = lambda event: None
    ) -> Update:
        return super().run(command, {**providers, "slipway": self._plugin}, told)


def test_a_stack_in_a_yaml_program_is_made_kept_mended_and_removed(
    recordings: Mapping[str, Recording],
    binaries: Mapping[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [path] = [each for each in COMMITTED if each.name == "Pulumi.existing-tpu.yaml"]
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]["slipway:stack"]
    program = {
        "name": "slipway",
        "runtime": "yaml",
        "resources": {"ours": {"type": "slipway:Serving", "properties": {"stack": whole}}},
        "outputs": {"endpoints": "${ours.endpoints}"},
    }
    (tmp_path / PROJECT_FILE).write_text(yaml.safe_dump(program), encoding="utf-8")
    recording = recordings["existing-tpu"]
    by_yaml = replace(source.Source.of(path, recording), program=tmp_path / PROJECT_FILE)
    language = build.ensure([pins.PULUMI_YAML])["pulumi-language-yaml"]
    played, verdicts = stack.read(recording), list[Verdict]()
    [server] = played.servers
    with attachable() as plugin:
        monkeypatch.setattr(source, "Engine", partial(YamlEngine, plugin, language))
        with setting(played, speed=SPEED, binaries=binaries, source=by_yaml) as stage:
            verdicts += stage.deployment.up()
            assert eventually(lambda: signal(stage.autoscaler(server)) is not None, 60), verdicts
            for act in (stage.deployment.again, stage.deployment.restore, stage.deployment.down):
                verdicts += act()
    assert [verdict.text for verdict in verdicts if not verdict.ok] == []
    assert len(verdicts) == len(("up", "again", "restore", "down"))
