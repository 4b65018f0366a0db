"""The stack `gke-tpu` by the real engine: up, up again, an object lost and restored, and away, with nothing left."""

from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from offline import Recording
from offline.stack_config import stack_name
from rehearsal import stack
from rehearsal.story.setting import Setting, setting
from rehearsal.updates.source import Source
from tests.rehearsal.objects import eventually
from tests.stack_paths import STACK_FILES

pytestmark = pytest.mark.engine

NAME, SPEED = "gke-tpu", 120


@pytest.fixture(scope="module")
def stage(recordings: Mapping[str, Recording], binaries: Mapping[str, Path]) -> Generator[Setting]:
    [file] = [path for path in STACK_FILES if stack_name(path) == NAME]
    source = Source.of(file, recordings[NAME])
    with setting(stack.read(recordings[NAME]), speed=SPEED, binaries=binaries, source=source) as made:
        yield made


def nodes(stage: Setting) -> int:
    return len(stage.mirrors["Node"].objects)


def test_its_nodes_come_with_their_pools_and_an_update_that_is_interrupted_ends_there(stage: Setting) -> None:
    assert nodes(stage) == 0
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(stage.deployment.up)
        eventually(lambda: nodes(stage) >= 1, 120)
        stage.deployment.interrupt()
        assert not all(verdict.ok for verdict in doing.result())


def test_the_next_update_makes_what_is_missing(stage: Setting) -> None:
    [verdict] = stage.deployment.up()
    assert verdict.ok, verdict.text
    assert eventually(lambda: nodes(stage) >= 2)
    [server] = stage.stack.servers
    eventually(lambda: stage.autoscaler(server).get("desiredReplicas") == 1, 60)


def test_a_second_update_changes_nothing_though_somebody_scaled_the_server(stage: Setting) -> None:
    [server] = stage.stack.servers
    stage.plane.client.scale(server.workload, 2)
    [verdict] = stage.deployment.again()
    assert verdict.ok, verdict.text


def test_a_lost_object_is_noticed_and_made_again(stage: Setting) -> None:
    [verdict] = stage.deployment.restore()
    assert verdict.ok, verdict.text
    assert verdict.text.startswith("PodDisruptionBudget vllm/llama was lost")


def test_everything_goes_and_nothing_is_left(stage: Setting) -> None:
    [verdict] = stage.deployment.down()
    assert verdict.ok, verdict.text
    eventually(lambda: nodes(stage) == 0)
