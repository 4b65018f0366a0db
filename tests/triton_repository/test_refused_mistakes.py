"""Mistakes that the checks refuse and the real server refuses too, each in its own words."""

import signal
from pathlib import Path

import httpx2
import pytest

from slipway.checks import errors
from slipway.triton_repository import Repository, repository_findings
from tests.triton_repository.mistakes.batching import BATCHING, INSTANCES
from tests.triton_repository.mistakes.ensembles import ENSEMBLES, PARTS
from tests.triton_repository.mistakes.files import FILES, NAMES
from tests.triton_repository.mistakes.mistake import Mistake
from tests.triton_repository.mistakes.sequences import SEQUENCES
from tests.triton_repository.mistakes.tensors import TENSORS
from tests.triton_repository.repositories import CPU
from tests.triton_repository.server_process import start
from tests.triton_repository.tritonserver import ANSWER_SECONDS, TritonServer

MISTAKES = [*TENSORS, *BATCHING, *SEQUENCES, *INSTANCES, *FILES, *NAMES, *ENSEMBLES]


@pytest.fixture(scope="module")
def filled(server: TritonServer) -> TritonServer:
    wrong = tuple(mistake.models[-1] for mistake in MISTAKES if not mistake.may_end_server)
    server.add(Repository(models=PARTS + wrong))
    for part in PARTS:
        assert server.load(part.name).ok
    return server


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_checks_name_model_field_value_and_reason(mistake: Mistake) -> None:
    found = errors(repository_findings(Repository(models=mistake.models), CPU))
    path = f"repository.{mistake.name}.{mistake.field}"
    named = [finding for finding in found if finding.path == path and mistake.message in finding.message]
    assert named, [str(finding) for finding in found]
    assert all(finding.remedy for finding in named)
    assert all(finding.path.startswith(f"repository.{mistake.name}.") for finding in found)


@pytest.mark.parametrize(
    "mistake", [mistake for mistake in MISTAKES if not mistake.may_end_server], ids=lambda mistake: mistake.name
)
def test_the_server_refuses_it(filled: TritonServer, mistake: Mistake) -> None:
    answer = filled.load(mistake.name)
    assert not answer.ok
    assert mistake.answer in answer.text + answer.log


@pytest.mark.parametrize(
    "mistake", [mistake for mistake in MISTAKES if mistake.may_end_server], ids=lambda mistake: mistake.name
)
def test_the_server_refuses_it_or_dies_of_it(backends: Path, tmp_path: Path, mistake: Mistake) -> None:
    """Which of the two varies from run to run."""
    with start(backends, tmp_path, "--disable-auto-complete-config") as (server, process):
        server.add(Repository(models=mistake.models))
        try:
            answer = server.load(mistake.name)
        except httpx2.TransportError:
            assert process.wait(ANSWER_SECONDS) == -signal.SIGSEGV
        else:
            assert not answer.ok
            assert mistake.answer in answer.text + answer.log
