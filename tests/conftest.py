"""Recordings of every committed stack file, made once a session and shared by all tests."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from offline import Recording, record
from offline.stack_config import stack_name
from tests.stack_paths import STACK_FILES

REHEARSALS = Path(__file__).parent / "rehearsal"


def pytest_configure(config: pytest.Config) -> None:
    """Measure no test's time; let the SDK warn: importing a package of it runs all that is deprecated there."""
    settings.register_profile("slipway", deadline=None)  # A machine that others use is slow for a moment.
    settings.load_profile("slipway")
    config.addinivalue_line("filterwarnings", r"ignore:.* has been deprecated:DeprecationWarning:pulumi_(aws|gcp)\..*")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs the rehearsal's binaries. One worker plays all rehearsals, because pods' addresses and ports are
    those of this machine, and it begins with them, because they take longest."""
    for item in items:
        if "binaries" in getattr(item, "fixturenames", ()) or item.get_closest_marker("engine"):
            item.add_marker("control_plane")
        if item.get_closest_marker("control_plane") or REHEARSALS in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("rehearsals"))
    items.sort(key=lambda item: (item.get_closest_marker("control_plane") is None, REHEARSALS not in item.path.parents))


@pytest.fixture(scope="session")
def recordings() -> Mapping[str, Recording]:
    """The recording of each stack file, by the stack's name: those of stacks/, and those with the other choices."""
    return {stack_name(path): record(path) for path in STACK_FILES}


@pytest.fixture(scope="session", params=[stack_name(path) for path in STACK_FILES])
def recording(request: pytest.FixtureRequest, recordings: Mapping[str, Recording]) -> Recording:
    """Each of the recordings in turn: a test that takes it holds for every stack."""
    return recordings[request.param]
