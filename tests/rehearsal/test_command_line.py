"""`python -m rehearsal` as a person starts and stops it."""

import errno
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from offline import PROGRAM
from rehearsal import command_line, interrupts, listener, slots
from rehearsal.__main__ import main
from rehearsal.processes import ProcessError


@pytest.fixture(autouse=True)
def kept_signals() -> Generator[None]:
    """The command line takes over signals; they are pytest's again afterwards."""
    before = {number: signal.getsignal(number) for number in interrupts.SIGNALS}
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


def test_a_port_that_a_program_holds_on_all_addresses_is_named_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]

        def run(*given: object) -> None:
            listener.check_free([port])

        monkeypatch.setattr("rehearsal.command_line._run", run)
        assert main(["run"]) == 1
    error = capsys.readouterr().err
    assert f"a program listens on port {port}" in error
    assert f"`ss -ltnp 'sport = :{port}'` names it" in error
    assert len(error.splitlines()) == 1


def test_a_full_disk_is_one_sentence_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*given: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/etcd")

    monkeypatch.setattr("rehearsal.command_line._run", full)
    assert main(["run"]) == 1
    assert capsys.readouterr().err == f"/somewhere/etcd cannot be written: {command_line.NO_ROOM}"


def test_a_part_that_ends_for_lack_of_room_says_so_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(*given: object) -> int:
        raise ProcessError("etcd ended with exit status 2; the end of its log:\nwrite: no space left on device")

    monkeypatch.setattr("rehearsal.command_line._run", ended)
    assert main(["run"]) == 1
    assert capsys.readouterr().err.endswith(f"no space left on device\n{command_line.NO_ROOM}")


def test_what_a_console_cannot_show_does_not_end_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr("rehearsal.slots.clean_up", lambda: ["✓ stopped nothing"])
    assert main(["down"]) == 0
    out.flush()
    assert out.buffer.getvalue() == b"? stopped nothing\n"


@pytest.mark.parametrize("number", interrupts.SIGNALS)
def test_only_the_first_interrupt_counts(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    interrupts.first_only()
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        signal.raise_signal(number)
    for again in interrupts.SIGNALS:
        signal.raise_signal(again)
    assert "everything is being stopped" in capsys.readouterr().err


def test_ctrl_c_while_modules_are_imported_is_one_sentence(tmp_path: Path) -> None:
    package = tmp_path / "pulumi"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "rehearsal", "down"],
        cwd=PROGRAM.parent,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 128 + signal.SIGINT
    assert ended.stderr == "interrupted; everything that was started has been stopped\n"


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
