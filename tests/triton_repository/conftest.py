import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.triton_repository.clients.server import Server
from tests.triton_repository.repositories import STAND_INS, code
from tests.triton_repository.server_process import prepare_backends, stand_in_backends, start
from tests.triton_repository.tritonserver import TritonServer
from tests.triton_repository.variants import PACKAGES, REPOSITORY


@pytest.fixture(scope="session")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's backends. A test that needs them, and so a server, is skipped only where there is no server."""
    if sys.version_info >= (3, 13) or sys.platform != "linux":
        pytest.skip("nvidia-pytriton has a tritonserver for Linux and Python up to 3.12 only")
    return prepare_backends(tmp_path_factory.mktemp("backends"), PACKAGES)


@pytest.fixture(scope="session")
def server(backends: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    """One server for all tests, which add their models to it under names of their own.

    It completes no configuration, which takes it a second for each model: what is left out is refused.
    """
    with start(backends, tmp_path_factory.mktemp("server"), "--disable-auto-complete-config") as (running, _):
        yield running


@pytest.fixture(scope="session")
def stood_in(backends: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    """A server like `server` that has more backends: stand-ins, which answer with zeros."""
    folder = stand_in_backends(tmp_path_factory.mktemp("stand_ins"), STAND_INS, code("zeros"))
    with start(folder, tmp_path_factory.mktemp("stood_in"), "--disable-auto-complete-config") as (running, _):
        yield running


@pytest.fixture(scope="session")
def deployed(backends: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    """A server with the options that it has in a pod: it asks each model to complete its configuration."""
    with start(backends, tmp_path_factory.mktemp("deployed")) as (running, _):
        yield running


@pytest.fixture(scope="session")
def llama(deployed: TritonServer) -> Server:
    """Every variant of the Llama 2 repository, served."""
    deployed.serve(REPOSITORY)
    return Server(deployed.url, deployed.grpc_address)
