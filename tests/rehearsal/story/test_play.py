"""Whole stories of the stack `gke-tpu`: one that holds although the API server goes away, and one that breaks."""

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console
from typing_extensions import override

from offline import Recording
from rehearsal import report, stack
from rehearsal.client import Json
from rehearsal.metrics.gke import GkeMetrics
from rehearsal.processes import ProcessError
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
    what: PlayedStack, binaries: Mapping[str, Path], act: Act, happens: Callable[[Setting], None], folder: Path
) -> Told:
    with setting(what, speed=SPEED, binaries=binaries) as stage:
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
    assert any("llama: a drain took pod llama-" in verdict.text for verdict in told.verdicts)
    assert f"✓ all {len(gke_tpu.manifests)} objects and what came of them are gone" in capsys.readouterr().out
    assert (tmp_path / "index.html").read_text(encoding="utf-8").count("<figure>") == 5


def test_a_part_that_ends_is_named_and_the_stack_is_not_blamed(
    gke_tpu: PlayedStack, binaries: Mapping[str, Path], tmp_path: Path
) -> None:
    def kill(stage: Setting) -> None:
        os.kill(stage.plane.processes.pids["etcd"], signal.SIGKILL)

    with pytest.raises(ProcessError, match="etcd ended with exit status -9"):
        played(gke_tpu, binaries, Act.LOAD, kill, tmp_path)
    assert not (tmp_path / "index.html").exists()


def test_as_many_replicas_as_ever_are_kept_and_a_budget_of_0_is_found_by_a_drain(
    recordings: Mapping[str, Recording], binaries: Mapping[str, Path], tmp_path: Path
) -> None:
    changes: Mapping[str, Json] = {
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": {"minReplicas": 1, "maxReplicas": 1},
        "kubernetes:policy/v1:PodDisruptionBudget": {"maxUnavailable": 0},
    }
    resources = [
        replace(each, inputs={**each.inputs, "spec": {**each.inputs["spec"], **changes[each.type]}})
        if each.type in changes and each.name == "llama"
        else each
        for each in recordings["gke-tpu"].resources
    ]
    stuck = stack.read(replace(recordings["gke-tpu"], resources=tuple(resources)))
    told = played(stuck, binaries, Act.LOAD, lambda stage: None, tmp_path)
    assert any("llama keeps 1 under load" in verdict.text for verdict in told.verdicts)
    [wrong] = [verdict for verdict in told.verdicts if not verdict.ok]
    assert wrong.broken is Link.NOT_DRAINED
    assert "PodDisruptionBudget vllm/llama has maxUnavailable: 0" in wrong.text


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
