"""Whole stories of the stack `gke-tpu`: one that holds although the API server goes away, and one that breaks."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console
from typing_extensions import override

from rehearsal import report
from rehearsal.metrics.gke import GkeMetrics
from rehearsal.stack import PlayedStack
from rehearsal.story.goals import goal
from rehearsal.story.play import play
from rehearsal.story.screen import Screen
from rehearsal.story.setting import Setting, setting
from rehearsal.story.told import Act, Told
from rehearsal.story.verdict import Link
from tests.rehearsal.story.conftest import SPEED


class Accident(Screen):
    """A screen behind which something happens when an act begins."""

    def __init__(self, act: Act, happens: Callable[[Setting], None]) -> None:
        super().__init__(Console(force_terminal=False))
        self._when, self._happens = act, happens

    @override
    def begin(self, setting: Setting) -> None:
        super().begin(setting)
        self._setting = setting

    @override
    def act(self, act: Act) -> None:
        super().act(act)
        if act is self._when:
            self._happens(self._setting)


def played(
    stack: PlayedStack, binaries: Mapping[str, Path], act: Act, happens: Callable[[Setting], None], folder: Path
) -> Told:
    with setting(stack, speed=SPEED, binaries=binaries) as stage:
        told = play(stage, Accident(act, happens))
        report.write(report.report(stage, told, 0), folder)
    return told


def test_the_story_goes_from_one_replica_to_two_and_back_though_the_api_server_restarts(
    gke_tpu: PlayedStack, binaries: Mapping[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = played(gke_tpu, binaries, Act.LOAD, lambda stage: stage.plane.processes.restart("kube-apiserver"), tmp_path)
    assert [verdict for verdict in told.verdicts if not verdict.ok] == []
    by_act = {act: [each for each in told.observations if each.time >= began] for act, began in told.acts.items()}
    before = [each for each in told.observations if each.time < told.acts[Act.LOAD]]
    assert max(each.ready for each in before) == 1
    assert max(each.ready for each in by_act[Act.LOAD]) == 2
    assert max(each.nodes["v6e"] for each in by_act[Act.LOAD]) == 2
    assert max(each.signal or 0 for each in by_act[Act.LOAD]) > 5
    last = [each for each in told.observations if each.time < told.acts[Act.TEARDOWN]][-1]
    assert (last.wanted, last.ready, last.nodes["v6e"], last.clients) == (1, 1, 1, 0)
    assert "✓ all 21 objects and what came of them are gone" in capsys.readouterr().out
    assert (tmp_path / "index.html").read_text(encoding="utf-8").count("<figure>") == 5


def test_without_its_adapter_the_story_breaks_there_and_leaves_nothing(
    gke_tpu: PlayedStack, binaries: Mapping[str, Path], tmp_path: Path
) -> None:
    told = played(gke_tpu, binaries, Act.LOAD, lambda stage: cast(GkeMetrics, stage.metrics).adapter.close(), tmp_path)
    assert not told.ok
    assert [verdict.broken for verdict in told.verdicts if not verdict.ok] == [Link.ADAPTER_SILENT]
    assert "gone" in told.verdicts[-1].text
    assert Act.HOLD not in told.acts


def test_the_clients_keep_the_signal_above_its_target_with_all_replicas(gke_tpu: PlayedStack) -> None:
    [server] = gke_tpu.servers
    requests = goal(server, "vllm:num_requests_waiting").clients * server.load.concurrency
    waiting = requests - server.maximum * server.engine.slots
    assert waiting / server.maximum >= 2 * server.target
