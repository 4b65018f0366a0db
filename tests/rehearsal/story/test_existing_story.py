"""The stack `existing-tpu` on the double of a cluster that is there already, with its own adapter and volume."""

from collections.abc import Mapping
from pathlib import Path

from offline import Recording
from rehearsal import lifecycle, stack
from rehearsal.story.goals import goal
from rehearsal.story.observation import nodes_by_pool, signal
from rehearsal.story.setting import setting
from tests.rehearsal.objects import eventually
from tests.rehearsal.story.conftest import SPEED


def test_its_own_adapter_serves_the_signal_its_autoscaler_adds_nodes_and_what_was_there_stays(
    recordings: Mapping[str, Recording], binaries: Mapping[str, Path]
) -> None:
    played = stack.read(recordings["existing-tpu"])
    assert played.there
    [server], [claim] = played.servers, played.there.claims
    with setting(played, speed=SPEED, binaries=binaries) as stage:
        client = stage.plane.client
        assert eventually(lambda: nodes_by_pool(stage) == {"ordinary": 1, "v6e": 0}, 10)
        assert not lifecycle.apply(client, stage.manifests)
        assert eventually(lambda: signal(stage.autoscaler(server)) is not None, 60)
        assert (client.get(claim) or {})["status"]["phase"] == "Bound"
        client.scale(server.clients, goal(server, stage.metrics.series(server.metric)).clients)
        eventually(lambda: nodes_by_pool(stage)["v6e"] == server.maximum, 60)
        assert [verdict.broken for verdict in stage.deployment.down()] == [None]
        assert all(client.get(each) for each in played.there.objects)
        assert client.get(claim) is None
