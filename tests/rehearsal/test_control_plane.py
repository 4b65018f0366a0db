"""Control planes start, stop, stand side by side, and are cleaned up after a crash."""

import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest

from rehearsal import slots
from rehearsal.client import ApiError, Client
from rehearsal.control_plane import ControlPlane, control_plane
from rehearsal.processes import ProcessError
from tests.rehearsal.objects import namespace, runs

ROOT = Path(__file__).parents[2]
PARTS = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]

# Says its processes' ids, then waits for its end; the parent chooses which.
PROGRAM = """
    import time
    from rehearsal.control_plane import control_plane
    with control_plane() as plane:
        print(plane.slot.number, *plane.processes.pids.values(), flush=True)
        time.sleep(600)
"""


def start_elsewhere() -> tuple[subprocess.Popen[str], int, list[int]]:
    """Return a program that runs a control plane, that plane's slot, and the ids of its processes."""
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout
    slot, *pids = map(int, program.stdout.readline().split())
    program.stdout.close()
    return program, slot, pids


def listening(pid: int) -> list[str]:
    return [each.laddr.ip for each in psutil.Process(pid).net_connections() if each.status == psutil.CONN_LISTEN]


def test_two_control_planes_do_not_meet_and_an_error_stops_only_its_own(
    plane: ControlPlane, binaries: Mapping[str, Path]
) -> None:
    pids: dict[str, int] = {}
    folders: list[Path] = []

    def fail_beside() -> None:
        with control_plane(binaries=binaries) as other:
            pids.update(other.processes.pids)
            folders.append(other.slot.folder)
            assert not plane.slot.pod_network.overlaps(other.slot.pod_network)
            assert plane.slot.folder != other.slot.folder
            other.client.apply(namespace("only-there"))
            assert other.client.get(namespace("only-there"))
            assert plane.client.get(namespace("only-there")) is None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_beside()
    assert sorted(pids) == PARTS
    assert not any(map(runs, pids.values()))
    assert not any(folder.exists() for folder in folders)
    plane.processes.check()


def test_nothing_listens_beyond_loopback(plane: ControlPlane) -> None:
    addresses = [address for pid in plane.processes.pids.values() for address in listening(pid)]
    assert len(addresses) >= 4
    assert all(ip_address(address).is_loopback for address in addresses)


def test_a_token_is_needed(plane: ControlPlane) -> None:
    with Client(plane.url, "wrong", plane.credentials.authority) as client, pytest.raises(ApiError) as refused:
        client.list("v1", "Secret")
    assert refused.value.code == 401


def test_what_it_writes_is_for_its_owner_only(plane: ControlPlane) -> None:
    assert plane.slot.folder.stat().st_mode & 0o077 == 0
    assert plane.kubeconfig.stat().st_mode & 0o077 == 0


def test_a_part_that_ends_by_itself_is_named_with_its_log(binaries: Mapping[str, Path], tmp_path: Path) -> None:
    broken = tmp_path / "etcd"
    broken.write_text("#!/bin/sh\necho cannot do it >&2\nexit 3\n")
    broken.chmod(0o755)
    with (
        pytest.raises(ProcessError, match=r"(?s)etcd ended with exit status 3.*cannot do it"),
        control_plane(binaries={**binaries, "etcd": broken}),
    ):
        pass


def test_a_crashed_rehearsal_is_cleaned_up_and_a_running_one_is_not(plane: ControlPlane) -> None:
    program, slot, pids = start_elsewhere()
    program.kill()
    program.wait()
    assert all(runs(pid) for pid in pids)

    said = slots.clean_up()

    assert any(f"127.{slot}.0.0/16: stopped kwok, kube-scheduler" in line for line in said)
    assert any(f"127.{plane.slot.number}.0.0/16: a rehearsal runs there" in line for line in said)
    assert not any(runs(pid) for pid in pids)
    assert not slots.Slot(slot).folder.exists()
    assert not slots.Slot(slot).temporary.exists()
    plane.processes.check()


@pytest.mark.control_plane
def test_ctrl_c_stops_all_processes() -> None:
    program, slot, pids = start_elsewhere()
    program.send_signal(signal.SIGINT)
    assert program.wait(120) != 0
    assert not any(runs(pid) for pid in pids)
    assert not slots.Slot(slot).folder.exists()
    assert not slots.Slot(slot).temporary.exists()


def test_a_slot_is_free_again_when_its_holder_is_dead() -> None:
    with slots.take() as first:
        with slots.take() as second:
            assert first.number != second.number
        with slots.take() as third:
            assert third == second


def test_temporary_files_go_with_their_slot_whatever_ends_it() -> None:
    files: list[Path] = []

    def interrupted() -> None:
        with slots.take() as slot:
            files.extend([Path(tempfile.mkdtemp()), slot.temporary, slot.folder])
            assert files[0].parent == slot.temporary
            raise KeyboardInterrupt

    before = tempfile.gettempdir()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not any(path.exists() for path in files)
    assert tempfile.gettempdir() == before


def test_a_port_of_a_slot_can_be_listened_on() -> None:
    with slots.take() as slot, socket.create_server((slot.address, slot.free_port())) as server:
        assert server.getsockname()[0] == slot.address
        assert slot.folder.stat().st_mode & 0o777 == 0o700
