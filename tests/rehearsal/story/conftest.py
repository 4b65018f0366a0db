"""A stage with the stack `gke-tpu`, at a speed that only tests need."""

from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from offline import Recording
from rehearsal import lifecycle, stack
from rehearsal.stack import PlayedStack
from rehearsal.story import attended
from rehearsal.story.goals import goal
from rehearsal.story.setting import Setting, setting

SPEED = 120
"""Faster, and this machine's own work outlasts what is compressed."""


@pytest.fixture(scope="module", autouse=True)
def short_waits() -> Generator[None]:
    """A story that breaks must not take as long as a slow machine may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attended, "SLACK_SECONDS", 8)
        yield


@pytest.fixture(scope="module")
def gke_tpu(recordings: Mapping[str, Recording]) -> PlayedStack:
    return stack.read(recordings["gke-tpu"])


@pytest.fixture(scope="module")
def stage(gke_tpu: PlayedStack, binaries: Mapping[str, Path]) -> Generator[Setting]:
    """The stack's objects under load, with all of its replicas."""
    with setting(gke_tpu, speed=SPEED, binaries=binaries) as made:
        assert not lifecycle.apply(made.plane.client, made.manifests)
        [server] = gke_tpu.servers
        made.plane.client.scale(server.clients, goal(server, made.metrics.series(server.metric)).clients)
        yield made
