"""Recordings of every committed stack file, made once a session and shared by all tests."""

import gc
import os
import signal
from collections.abc import Mapping

import pytest
from hypothesis import settings
from typing_extensions import override
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from offline import Recording
from offline.stack_config import stack_name
from tests.shared_recordings import SharedRecordings
from tests.stack_paths import STACK_FILES

BY_THE_TEST = ("tests/rehearsal/updates/test_catalogue.py", "tests/rehearsal/updates/test_existing_network.py")
"""Their tests share no stage, and each takes long."""


def pytest_configure(config: pytest.Config) -> None:
    """Measure no test's time; let the SDK warn: importing a package of it runs all that is deprecated there."""
    settings.register_profile("slipway", deadline=None)  # A machine that others use is slow for a moment.
    settings.load_profile("slipway")
    # A shell that starts something in the background has it, and all that it starts, ignore the signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("filterwarnings", r"ignore:.* has been deprecated:DeprecationWarning:pulumi_(aws|gcp)\..*")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs the rehearsal's binaries, and begin with what takes longest: the engine's, then other stages."""
    for item in items:
        if "binaries" in getattr(item, "fixturenames", ()) or item.get_closest_marker("engine"):
            item.add_marker("control_plane")
    longest = [
        {item.path for item in items if item.get_closest_marker(marker)} for marker in ("engine", "control_plane")
    ]
    items.sort(key=lambda item: [item.path not in paths for paths in longest])


def pytest_collection_finish() -> None:
    """Leave what stays to the end, modules and tests, out of every search for garbage."""
    gc.freeze()


class ByTheStage(LoadScopeScheduling):
    """Gives a worker the tests of a module together, as they share a stage or recordings."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(BY_THE_TEST) else nodeid.split("::", maxsplit=1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByTheStage:
    """Spread the tests over the workers, in their order."""
    config.option.loadscopereorder = False
    return ByTheStage(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Have a worker more than there are cores: rehearsals and Triton's servers are waited for half of the time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Mapping[str, Recording]:
    """The recording of each stack file, by the stack's name: those of stacks/, and those with the other choices."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "recordings"
    folder.mkdir(exist_ok=True)
    return SharedRecordings(STACK_FILES, folder)


@pytest.fixture(scope="session", params=[stack_name(path) for path in STACK_FILES])
def recording(request: pytest.FixtureRequest, recordings: Mapping[str, Recording]) -> Recording:
    """Each of the recordings in turn: a test that takes it holds for every stack."""
    return recordings[request.param]
