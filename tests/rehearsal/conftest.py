"""One control plane for all tests, with binaries that are built first where the cache lacks them."""

from collections.abc import Generator, Mapping
from itertools import count
from pathlib import Path

import pytest
from _pytest.capture import CaptureManager
from rich.console import Console

from rehearsal import build, go_toolchain, lifecycle, pins
from rehearsal.client import Client
from rehearsal.control_plane import ControlPlane, control_plane
from tests.rehearsal.hello import write_workspace
from tests.rehearsal.objects import namespace

SPEED = 30
NUMBERS = count()


@pytest.fixture(scope="session", autouse=True)
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A folder for the state of all rehearsals, apart from that of the person who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(home))
        yield home


@pytest.fixture(scope="session")
def binaries(request: pytest.FixtureRequest) -> Mapping[str, Path]:
    """All binaries; what is missing is built, with its progress on the terminal although output is captured."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    with capture.global_and_fixture_disabled():
        return build.ensure(console=Console(stderr=True))


@pytest.fixture(scope="session")
def plane(binaries: Mapping[str, Path]) -> Generator[ControlPlane]:
    with control_plane(speed=SPEED, binaries=binaries) as running:
        yield running


@pytest.fixture
def client(plane: ControlPlane) -> Client:
    return plane.client


@pytest.fixture
def space(client: Client) -> Generator[str]:
    """The name of a namespace that is the test's own; it is left to go by itself."""
    name = f"space-{next(NUMBERS)}"
    assert not lifecycle.apply(client, [namespace(name)])
    yield name
    client.delete(namespace(name))


@pytest.fixture(scope="session")
def go_cache() -> str:
    """Where Go keeps compiled packages; it lies below the cache folder that the tests replace."""
    return go_toolchain.find((1, 26)).run(["env", "GOCACHE"], folder=pins.BINARIES).strip()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, go_cache: str) -> Path:
    """A Go workspace of upstreams that need nothing from a registry, and an empty cache."""
    home = write_workspace(tmp_path)
    monkeypatch.setattr(pins, "BINARIES", home)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GOCACHE", go_cache)
    return home
