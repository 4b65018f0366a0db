"""The stack `eks-triton-llama2` on real Triton servers, asked by real clients: it scales on times that Triton measured.

One control plane serves all tests of this module, in their order.
"""

import sys
from collections.abc import Generator, Mapping
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from offline import Recording
from rehearsal import lifecycle, report, stack
from rehearsal.client import Json
from rehearsal.server import Server
from rehearsal.stack import PlayedStack
from rehearsal.story import play as play_module
from rehearsal.story.diagnosis import diagnose
from rehearsal.story.play import play
from rehearsal.story.screen import Screen
from rehearsal.story.setting import Setting, setting
from rehearsal.story.told import Act
from rehearsal.story.verdict import Link
from rehearsal.triton.server import SHARED_MEMORY
from tests.rehearsal.objects import eventually
from tests.rehearsal.story.conftest import SPEED

HOLD_SECONDS = 6 * 60
"""Long enough for the load to be shared out: a request that waits for the first replica stays there."""


@pytest.fixture(scope="module")
def played(recordings: Mapping[str, Recording]) -> PlayedStack:
    if sys.version_info >= (3, 13) or sys.platform != "linux":
        pytest.skip("nvidia-pytriton has a tritonserver for Linux and Python up to 3.12 only")
    return stack.read(recordings["eks-triton-llama2"])


@pytest.fixture(scope="module")
def stage(played: PlayedStack, binaries: Mapping[str, Path]) -> Generator[Setting]:
    with setting(played, speed=SPEED, binaries=binaries) as made:
        yield made


@pytest.fixture(scope="module")
def server(played: PlayedStack) -> Server:
    [found] = played.servers
    return found


def with_another_request(clients: Json, body: str) -> Json:
    """Return a Deployment of load clients that sends `body`."""
    template = clients["spec"]["template"]
    [container] = template["spec"]["containers"]
    env = [each | ({"value": body} if each["name"] == "REQUEST" else {}) for each in container["env"]]
    pod = {**template["spec"], "containers": [{**container, "env": env}]}
    return {**clients, "spec": {**clients["spec"], "replicas": 1, "template": {**template, "spec": pod}}}


def test_clients_that_triton_refuses_are_said_with_its_own_words(stage: Setting, server: Server) -> None:
    assert [str(each) for each in lifecycle.apply(stage.plane.client, stage.manifests)] == []
    stage.plane.client.apply(with_another_request(server.clients, '{"question": "Where is Uruguay?"}'))

    def found() -> bool:
        stage.check()
        verdict = diagnose(stage, server, loaded=True)
        return verdict.broken is Link.LOAD_LOST and "answers 400" in verdict.text and "llamav2" in verdict.text

    assert eventually(found, 60)


def test_the_story_goes_from_one_replica_to_three_and_back(
    stage: Setting, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play_module, "HOLD_SECONDS", HOLD_SECONDS)
    told = play(stage, Screen(Console(force_terminal=False)))
    assert [verdict for verdict in told.verdicts if not verdict.ok] == []
    before = [each for each in told.observations if each.time < told.acts[Act.LOAD]]
    loaded = [each for each in told.observations if told.acts[Act.LOAD] <= each.time < told.acts[Act.REST]]
    assert max(each.ready for each in before) == 1
    assert max(each.ready for each in loaded) == 3
    requests = told.goals[server.name].clients * server.load.concurrency
    alone = (requests - server.engine.slots) / server.engine.slots
    assert max(each.signal or 0 for each in loaded if each.ready == 1) == pytest.approx(alone, rel=0.2)
    assert (loaded[-1].signal or 0) < 0.7 * alone
    last = [each for each in told.observations if each.time < told.acts[Act.TEARDOWN]][-1]
    assert (last.wanted, last.ready, last.nodes["a10g"], last.clients) == (1, 1, 1, 0)
    page = report.write(report.report(stage, told, 0), tmp_path).read_text(encoding="utf-8")
    assert "tritonserver of container 24.10" in page
    assert "a stand-in for torch and transformers that sleeps" in page
    assert "metrics page from a queueing model" not in page


def test_no_server_outlives_its_pod(stage: Setting) -> None:
    def left() -> list[str]:
        commands: list[list[str]] = [each.info["cmdline"] or [] for each in psutil.process_iter(["cmdline"])]
        running = [
            " ".join(command) for command in commands if any(stage.plane.slot.region in word for word in command)
        ]
        return [*running, *map(str, SHARED_MEMORY.glob(f"{stage.plane.slot.region}*"))]

    assert eventually(lambda: left() == [])
