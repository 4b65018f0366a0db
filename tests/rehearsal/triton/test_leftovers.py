"""Nothing of a real server outlives its rehearsal, however that ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from offline import PROGRAM
from rehearsal import slots
from rehearsal.triton.server import SHARED_MEMORY
from tests.rehearsal.objects import eventually


def test_what_a_crash_leaves_goes_with_the_rest_of_its_slot() -> None:
    with slots.take() as slot:
        region = slot.region
    slot.folder.mkdir(parents=True)
    shared, others = SHARED_MEMORY / f"{region}pod_1", SHARED_MEMORY / f"other_{region}pod"
    for path in (shared, others):
        path.touch()
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    stub, another = subprocess.Popen([*sleep, f"{region}pod_1"]), subprocess.Popen([*sleep, f"no_{region}pod"])
    try:
        assert eventually(lambda: all(len(psutil.Process(each.pid).cmdline()) == 4 for each in (stub, another)))
        assert any(f"127.{slot.number}.0.0/16: stopped nothing" in line for line in slots.clean_up())
        assert not shared.exists()
        assert eventually(lambda: stub.poll() is not None)
        assert others.exists()
        assert another.poll() is None
    finally:
        others.unlink()
        for each in (stub, another):
            each.kill()
            each.wait()


@pytest.mark.skipif(
    sys.version_info >= (3, 13) or sys.platform != "linux", reason="nvidia-pytriton has no server for it"
)
def test_ctrl_c_stops_the_servers(
    tmp_path: Path, binaries: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    command = [sys.executable, "-m", "rehearsal", "run", "eks-triton-llama2", "--speed", "200", "--out", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=PROGRAM.parent, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert any("1 Ready" in line for line in running.stdout)
        servers = [each for each in psutil.Process(running.pid).children(recursive=True) if "triton" in each.name()]
        shared = [word for each in servers for word in each.cmdline() if word.startswith("slipway_")]
        assert len(servers) == 3
        assert [(SHARED_MEMORY / each).exists() for each in shared] == [True, True]
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 128 + signal.SIGINT
    assert eventually(lambda: not any(map(is_running, servers)))
    assert not any((SHARED_MEMORY / word).exists() for word in shared)


def is_running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
