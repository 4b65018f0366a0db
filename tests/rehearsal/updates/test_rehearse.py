"""Which update is rehearsed, and which is not: before anything is built or started."""

from pathlib import Path
from typing import Any

import pytest

from offline import PROGRAM
from offline.checkouts import NoSuchCommitError
from rehearsal import build
from rehearsal.updates.rehearse import rehearse

GOOD = PROGRAM.parent / "stacks" / "Pulumi.gke-tpu.yaml"


class StartedError(Exception):
    """It would be rehearsed."""


@pytest.fixture(autouse=True)
def no_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*arguments: Any, **options: Any) -> None:
        raise StartedError

    monkeypatch.setattr(build, "ensure", start)


def older(folder: Path, old: str, new: str) -> str:
    path = folder / "Pulumi.before.yaml"
    path.write_text(GOOD.read_text().replace(old, new))
    return str(path)


def test_an_update_that_destroys_is_refused_as_the_preview_refuses_it(tmp_path: Path) -> None:
    said: list[str] = []
    assert not rehearse("gke-tpu", older(tmp_path, "type: on-demand", "type: spot"), speed=30, told=said.append)
    assert said[0].startswith("error: allowReplacement: NodePool v6e is replaced")
    assert "if that is meant" in said[1]


def test_another_update_is_played_from_a_file_of_any_name(tmp_path: Path) -> None:
    with pytest.raises(StartedError):
        rehearse("gke-tpu", older(tmp_path, "maxNumSeqs: 128", "maxNumSeqs: 64"), speed=30, told=print)


@pytest.mark.skipif(not (PROGRAM.parent / ".git").exists(), reason="the project is no checkout of Git's here")
def test_the_older_stack_file_may_be_that_of_a_commit() -> None:
    with pytest.raises(StartedError):
        rehearse("gke-tpu", "git:HEAD", speed=30, told=print)
    with pytest.raises(NoSuchCommitError, match="no-such-commit"):
        rehearse("gke-tpu", "git:no-such-commit", speed=30, told=print)
