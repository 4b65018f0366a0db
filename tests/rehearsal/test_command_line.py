"""`python -m rehearsal` as a person starts and stops it."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from offline import PROGRAM
from rehearsal import slots
from rehearsal.__main__ import main


@pytest.fixture(autouse=True)
def kept_signals() -> Generator[None]:
    """The command line takes over signals; they are pytest's again afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_stack_that_does_not_exist_is_named_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "gke-tpo"]) == 1
    error = capsys.readouterr().err
    assert "there is no stack 'gke-tpo'" in error
    assert "gke-tpu" in error


def test_a_stack_with_mistakes_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "Pulumi.wrong.yaml"
    committed = (PROGRAM.parent / "stacks" / "Pulumi.gke-tpu.yaml").read_text(encoding="utf-8")
    path.write_text(committed.replace("maxReplicas: 2", "maxReplicas: 3"), encoding="utf-8")
    assert main(["run", str(path)]) == 1
    assert "maxReplicas" in capsys.readouterr().err


def test_a_stack_of_real_servers_says_what_to_install_before_anything_is_built(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(name: object) -> None:
        """Neither the package nor a binary."""

    monkeypatch.setattr("rehearsal.triton.wheel._package", nothing)
    monkeypatch.setattr("rehearsal.build.ensure", nothing)
    assert main(["run", "eks-triton-llama2"]) == 1
    assert "uv sync --group triton" in capsys.readouterr().err


@pytest.mark.parametrize("speed", ["0", "0.5", "1000"])
def test_a_speed_that_cannot_be_played_is_refused(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["run", "--speed", speed])
    assert f"{speed} is not between 1 and 200" in capsys.readouterr().err


def test_down_without_anything_left_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["down"]) == 0
    assert capsys.readouterr().out == "no rehearsal left anything\n"


def test_ctrl_c_stops_everything(tmp_path: Path, binaries: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    command = [sys.executable, "-m", "rehearsal", "run", "gke-tpu", "--out", str(tmp_path / "report")]
    with subprocess.Popen(
        command, cwd=PROGRAM.parent, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert any("`pulumi up` made all" in line for line in running.stdout)
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 128 + signal.SIGINT
        assert "everything that was started has been stopped" in running.stderr.read()
    assert not any("stopped" in line and "stopped nothing" not in line for line in slots.clean_up())
    assert not (tmp_path / "report").exists()
