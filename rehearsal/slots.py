"""Gives each rehearsal a loopback network and a state folder that no other one has, and cleans up after a crash.

A slot is a number n: the network 127.n.0.0/16 and the folder `$XDG_STATE_HOME/slipway/rehearsal/<n>`. It is taken by
binding a socket inside the network, so it is free again once its holder is dead, however that died. Nothing listens on
that socket.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from rehearsal import processes
from rehearsal.triton.server import remove_leftovers

NUMBERS = range(77, 127)
LOCK_PORT = 7700


class NoSlotError(Exception):
    """All slots are taken."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The second octet of a loopback network."""

    number: int

    @property
    def address(self) -> str:
        """Where the control plane listens."""
        return f"127.{self.number}.255.1"

    @property
    def pod_network(self) -> IPv4Network:
        """Addresses of pods; all reach this machine, and none is the control plane's."""
        return IPv4Network(f"127.{self.number}.0.0/17")

    @property
    def folder(self) -> Path:
        """Where all files of the rehearsal lie."""
        return state_home() / str(self.number)

    @property
    def temporary(self) -> Path:
        """Where temporary files lie of the rehearsal and of all that it starts; short, as paths of sockets must be."""
        return Path("/tmp") / f"slipway-{os.getuid()}-{self.number}"

    @property
    def region(self) -> str:
        """What names of shared memory begin with that belongs to the rehearsal."""
        return f"slipway_{self.number}_"

    def free_port(self) -> int:
        """Return a port of `address` that nothing listens on. Only this rehearsal asks for ports there."""
        with socket.socket() as probe:
            probe.bind((self.address, 0))
            return probe.getsockname()[1]


def state_home() -> Path:
    """Return where the rehearsals of this user keep their state."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "slipway" / "rehearsal"


@contextmanager
def take() -> Generator[Slot]:
    """Take the first free slot, with an empty folder; what a crashed holder left there is stopped and removed.

    At the end, whatever it is, the folder goes with all that was written, temporary files of this program among it.

    Raises:
        NoSlotError: fifty rehearsals run.
    """
    for number in NUMBERS:
        slot = Slot(number)
        lock = _lock(slot)
        if lock is None:
            continue
        with lock:
            _clean(slot)
            slot.folder.mkdir(mode=0o700, parents=True)
            try:
                with _temporary_files(slot.temporary):
                    yield slot
            finally:
                _clean(slot)
        return
    raise NoSlotError(
        f"all loopback networks 127.{NUMBERS[0]}.0.0/16 to 127.{NUMBERS[-1]}.0.0/16 are taken by rehearsals that run "
        f"(each holds port {LOCK_PORT} of its own), or something listens on port {LOCK_PORT} of all addresses; end one "
        "of them."
    )


def clean_up() -> list[str]:
    """Stop and remove what crashed rehearsals of this user left, leave those that run, and say what was done."""
    said: list[str] = []
    for folder in sorted(state_home().glob("[0-9]*")):
        slot = Slot(int(folder.name))
        lock = _lock(slot)
        if lock is None:
            said.append(f"{slot.pod_network.supernet()}: a rehearsal runs there; left alone.")
            continue
        with lock:
            stopped = _clean(slot)
        said.append(f"{slot.pod_network.supernet()}: stopped {', '.join(stopped) or 'nothing'}; removed {folder}.")
    return said


@contextmanager
def _temporary_files(folder: Path) -> Generator[None]:
    """Keep temporary files of this program and of all that it starts in a folder."""
    folder.mkdir(mode=0o700)
    before, tempfile.tempdir = (os.environ.get("TMPDIR"), tempfile.tempdir), str(folder)
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        variable, tempfile.tempdir = before
        if variable is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = variable


def _lock(slot: Slot) -> socket.socket | None:
    lock = socket.socket()
    try:
        lock.bind((f"127.{slot.number}.255.254", LOCK_PORT))
    except OSError:
        lock.close()
        return None
    return lock


def _clean(slot: Slot) -> list[str]:
    stopped = processes.stop_leftovers(slot.folder, slot.temporary)
    remove_leftovers(slot.region)
    for folder in (slot.folder, slot.temporary):
        shutil.rmtree(folder, ignore_errors=True)
    return stopped
