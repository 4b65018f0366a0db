"""An upgrade of a chart brings the custom resources that Helm would leave old, by the real engine and provider."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from offline.stack_config import StackConfig
from rehearsal import credentials
from rehearsal.client import ApiError, Client, Json
from rehearsal.clock import Clock
from rehearsal.clouds.clouds import Clouds
from rehearsal.clouds.fleet import Fleet
from rehearsal.control_plane import ControlPlane
from rehearsal.updates.engine import Engine
from rehearsal.updates.update import Name, Update
from slipway.catalog.charts.definitions import addresses
from tests.rehearsal.objects import eventually

pytestmark = pytest.mark.engine

PROGRAM = Path(__file__).parent / "charts" / "__main__.py"
FILE = "leaderworkerset.x-k8s.io_leaderworkersets"
OLD, NEW = "0.9.0", "0.10.0"
GROUP = "charts.slipway.dev"
NAME = f"widgets.{GROUP}"
Run = Callable[[Name, str], Update]


def definition(*fields: str) -> Json:
    """Return a definition whose objects may have these fields."""
    schema = {"type": "object", "properties": {key: {"type": "integer"} for key in fields}}
    whole = {"type": "object", "properties": {"spec": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": NAME},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": "Widget", "listKind": "WidgetList", "plural": "widgets", "singular": "widget"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}}],
        },
    }


def widget(space: str, **spec: int) -> Json:
    metadata = {"name": "widget", "namespace": space}
    return {"apiVersion": f"{GROUP}/v1", "kind": "Widget", "metadata": metadata, "spec": spec}


def config(version: str) -> StackConfig:
    return StackConfig("charts", "dev", {"charts:version": version}, frozenset())


@pytest.fixture(scope="module")
def clouds(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Clouds:
    """The way to the control plane, with the chart's file as it is at either version."""
    path = tmp_path_factory.mktemp("cluster") / "kubeconfig"
    kubeconfig = credentials.write_kubeconfig(path, plane.url, plane.credentials)
    clouds = Clouds(plane, Clock(1e6), Fleet(plane.client), lambda manifest: manifest, kubeconfig=kubeconfig)
    for version, fields in ((OLD, ["size"]), (NEW, ["size", "depth"])):
        clouds.files[addresses("lws", version)[FILE]] = [definition(*fields)]
    return clouds


@pytest.fixture
def run(plane: ControlPlane, clouds: Clouds, tmp_path: Path) -> Generator[Run]:
    """Run a command of the engine with the chart at a version."""
    engine = Engine(plane.binaries["pulumi"], tmp_path / "pulumi", PROGRAM, config(OLD))

    def run(command: Name, version: str) -> Update:
        engine.configure(config(version))
        with clouds.attached() as ports:
            return engine.run(command, ports)

    yield run
    run("destroy", NEW)


def test_an_upgrade_brings_the_fields_that_the_new_version_knows(run: Run, client: Client, space: str) -> None:
    made = run("up", OLD)
    assert not made.failed, made.errors
    client.create(widget(space, size=1))
    with pytest.raises(ApiError, match="depth"):
        client.apply(widget(space, size=1, depth=2))
    upgraded = run("up", NEW)
    assert not upgraded.failed, upgraded.errors
    changed = {step.name: step.operation for step in upgraded.steps}
    assert changed[f"CustomResourceDefinition groups-lws-{FILE}:{NAME}"] == "update"
    assert changed["Release groups"] == "update"
    assert set(changed.values()) == {"update"}
    eventually(lambda: client.apply(widget(space, size=1, depth=2)))
    assert run("up", NEW).steps == []
    removed = run("destroy", NEW)
    assert not removed.failed, removed.errors
    names = [step.name.partition(" ")[0] for step in removed.steps]
    assert names.index("Release") < names.index("CustomResourceDefinition")
    assert client.get(definition()) is None


def test_what_helm_installed_is_taken_over_at_its_version(run: Run, client: Client) -> None:
    client.create(definition("size"))
    made = run("up", OLD)
    assert not made.failed, made.errors
    upgraded = run("up", NEW)
    assert not upgraded.failed, upgraded.errors
