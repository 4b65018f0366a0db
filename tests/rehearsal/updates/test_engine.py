"""The real engine runs a small program against a cloud's double: what it plans and does is what the cloud answers."""

import os
import threading
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

import pytest
from pulumi.automation.events import EngineEvent
from pulumi.runtime.proto import provider_pb2_grpc

from offline.stack_config import StackConfig
from rehearsal import build, pins
from rehearsal.clock import Clock
from rehearsal.clouds.cloud import Cloud
from rehearsal.clouds.provider import CloudProvider
from rehearsal.clouds.serving import served
from rehearsal.updates.engine import Engine
from rehearsal.updates.update import Name, Update
from tests.rehearsal.objects import eventually

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "program" / "__main__.py"
PASSWORD = "[secret small:password]"
RESOURCES = 6
"""With the provider and the stack."""
Run = Callable[..., Update]


def config(**values: str) -> StackConfig:
    given = {"cidr": "10.0.0.0/20", "password": PASSWORD, **values}
    full = {f"small:{key}": value for key, value in given.items()}
    return StackConfig("small", "dev", full, frozenset({"small:password"}))


@pytest.fixture(scope="module")
def cli() -> Path:
    return build.ensure([pins.PULUMI])["pulumi"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user whose own Pulumi is set up in a way that would break any other's."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_HOME", "PULUMI_STACK"):
        monkeypatch.setenv(name, "/nowhere")
    return home


@pytest.fixture
def engine(cli: Path, home: Path, tmp_path: Path) -> Engine:
    return Engine(cli, tmp_path / "pulumi", PROGRAM, config())


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(Clock(1e6))


@pytest.fixture
def run(engine: Engine, cloud: Cloud) -> Generator[Run]:
    register = partial(provider_pb2_grpc.add_ResourceProviderServicer_to_server, CloudProvider("gcp", cloud))
    with served(register) as port:

        def run(command: Name, told: Callable[[EngineEvent], None] = lambda event: None) -> Update:
            return engine.run(command, {"gcp": port}, told)

        yield run


def names(update: Update) -> list[str]:
    return sorted(f"{step.operation} {step.name}" for step in update.steps)


def test_a_stack_goes_up_stays_as_it_is_and_goes_away(run: Run, cloud: Cloud, engine: Engine, home: Path) -> None:
    up = run("up")
    assert not up.failed, up.errors
    assert up.operations == {"create": RESOURCES}
    assert {each.name for each in cloud} == {"bucket", "cluster", "network", "subnet"}
    again = run("up")
    assert (again.steps, again.left) == ([], RESOURCES)
    refresh = run("refresh")
    assert (refresh.failed, refresh.steps) == (False, [])
    written = [path.read_bytes() for path in engine.folder.rglob("*") if path.is_file()]
    assert written
    assert not any(PASSWORD.encode() in content for content in written)
    destroy = run("destroy")
    assert destroy.operations == {"delete": RESOURCES}
    assert list(cloud) == []
    assert engine.resources() == []
    assert list(home.iterdir()) == []


def test_what_changes_is_planned_and_done_as_the_catalog_says(run: Run, engine: Engine) -> None:
    run("up")
    engine.configure(config(cidr="10.0.16.0/20"))
    assert names(run("preview")) == ["update Subnetwork subnet"]
    assert names(run("up")) == ["update Subnetwork subnet"]
    engine.configure(config(cidr="10.0.16.0/20", zone="us-east5-b"))
    assert names(run("up")) == [
        "create-replacement Cluster cluster",
        "delete-replaced Cluster cluster",
        "replace Cluster cluster",
    ]


def test_a_lost_resource_is_noticed_by_a_refresh_alone_and_made_again(run: Run, cloud: Cloud) -> None:
    run("up")
    [bucket] = [each for each in cloud if each.name == "bucket"]
    cloud.lose(bucket.type, bucket.id)
    assert run("up").steps == []
    assert names(run("refresh")) == ["delete Bucket bucket"]
    assert names(run("up")) == ["create Bucket bucket"]


def test_what_the_cloud_refuses_fails_the_update_with_its_reason(run: Run, cloud: Cloud, engine: Engine) -> None:
    engine.configure(config(protected="true"))
    run("up")
    destroy = run("destroy")
    assert destroy.failed
    assert "deletionProtection is true" in " ".join(destroy.errors)
    assert "cluster" in {each.name for each in cloud}


def test_an_interrupted_update_converges_when_it_is_run_again(cli: Path, home: Path, tmp_path: Path) -> None:
    engine, cloud = Engine(cli, tmp_path / "pulumi", PROGRAM, config()), Cloud(Clock(40))
    register = partial(provider_pb2_grpc.add_ResourceProviderServicer_to_server, CloudProvider("gcp", cloud))
    with served(register) as port:
        found: list[Update] = []
        thread = threading.Thread(target=lambda: found.append(engine.run("up", {"gcp": port})))
        thread.start()
        eventually(lambda: any(each.name == "cluster" for each in cloud), 60)
        engine.interrupt()
        thread.join(60)
        assert [update.failed for update in found] == [True]
        again = engine.run("up", {"gcp": port})
        assert not again.failed, again.errors
        assert {each.name for each in cloud} == {"bucket", "cluster", "network", "subnet"}
        assert engine.run("up", {"gcp": port}).steps == []


def test_an_update_leaves_nothing_in_the_environment(run: Run) -> None:
    before = dict(os.environ)
    run("preview")
    assert dict(os.environ) == before
