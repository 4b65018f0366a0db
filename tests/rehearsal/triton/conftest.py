"""The pod of the stack `eks-triton-llama2`, and this machine as its host, at a speed that only tests need."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from offline import Recording
from rehearsal import stack
from rehearsal.client import Json
from rehearsal.engine.engine import Surroundings
from rehearsal.processes import Processes
from rehearsal.stack import PlayedStack
from rehearsal.triton.host import Host
from rehearsal.triton.plan import Plan, plan

SPEED = 200


@dataclass(frozen=True)
class Recorded:
    """What a recording says of the server.

    Attributes:
        pod: the `spec`.
        config_maps: those of its namespace, by name.
        around: the stack.
        plan: what is read from it.
    """

    pod: Json
    config_maps: Mapping[str, Json]
    around: Surroundings
    plan: Plan


@dataclass(frozen=True)
class Stage:
    """A host with what it runs in."""

    host: Host
    processes: Processes
    folder: Path
    region: str


@pytest.fixture(scope="session")
def llama(recordings: Mapping[str, Recording]) -> PlayedStack:
    return stack.read(recordings["eks-triton-llama2"])


@pytest.fixture(scope="session")
def recorded(llama: PlayedStack) -> Recorded:
    [server] = llama.servers
    pod = server.workload["spec"]["template"]["spec"]
    maps = {each["metadata"]["name"]: each for each in llama.manifests if each["kind"] == "ConfigMap"}
    around = llama.around(server.workload["spec"]["template"])
    assert around
    return Recorded(pod, maps, around, plan(pod, around, maps))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    if sys.version_info >= (3, 13) or sys.platform != "linux":
        pytest.skip("nvidia-pytriton has a tritonserver for Linux and Python up to 3.12 only")
    processes, region = Processes(tmp_path), f"slipway_test_{os.getpid()}_"
    yield Stage(Host(tmp_path, processes, region=region, speed=SPEED), processes, tmp_path, region)
    processes.stop()
