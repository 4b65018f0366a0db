"""What `python -m rehearsal` does: it plays a stack on a control plane on this machine, or cleans up after a crash."""

import argparse
import errno
import io
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pulumi
from rich.console import Console

from offline import PROGRAM, RecordingError, StackFileError, record, text
from offline.checkouts import NoSuchCommitError
from offline.stack_config import find
from rehearsal import build, interrupts, listener, report, slots, stack
from rehearsal.control_plane import StartError
from rehearsal.go_toolchain import GoError
from rehearsal.listener import AddressError
from rehearsal.nodes import UnknownMachineError
from rehearsal.processes import ProcessError
from rehearsal.slots import NoSlotError
from rehearsal.stack import NothingToPlayError
from rehearsal.story.play import play
from rehearsal.story.screen import Screen
from rehearsal.story.setting import setting, upstreams
from rehearsal.triton import wheel
from rehearsal.triton.repository import AssemblyError
from rehearsal.triton.wheel import MissingWheelError
from rehearsal.updates.diff import NoBaseError, diff
from rehearsal.updates.rehearse import rehearse
from rehearsal.updates.source import Source

DEFAULT_STACK = "gke-tpu"
DEFAULT_SPEED = 40.0
"""With it the story of a server of 70 billion parameters takes two minutes."""
FOLDER = Path("rehearsal-report")

EXPECTED = (
    *(AddressError, AssemblyError, GoError, MissingWheelError, NoSlotError, NothingToPlayError, ProcessError),
    *(NoBaseError, NoSuchCommitError, StartError, UnknownMachineError),
)
"""What a person can do something about; the message says what."""

FULL = os.strerror(errno.ENOSPC).lower()
"""What a program says to whom the system has said it."""
NO_ROOM = (
    "there is no room on the disk; make some (a rehearsal takes up to 1 GB, the first build 10 GB), or set "
    "XDG_STATE_HOME, XDG_CACHE_HOME and GOCACHE to folders on another disk\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0, or 1 where the story or the rehearsal failed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a console's encoding lacks is no reason to end.
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    interrupts.first_only()
    try:
        if options.command == "down":
            return _clean_up()
        if options.command == "diff":
            return 0 if diff(options.stack, options.base, told=_printed) else 1
        if options.older:
            return _update(options.stack, options.older, options.speed)
        return _run(options.stack, options.speed, options.out)
    except (StackFileError, RecordingError, pulumi.RunError) as error:
        lines = [*text.finding_lines(getattr(error, "findings", ()))] or [str(error)]
        sys.stderr.writelines(f"{line}\n" for line in lines)
    except EXPECTED as error:
        sys.stderr.write(f"{error}\n{NO_ROOM if FULL in str(error) else ''}")
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.stderr.write(f"{error.filename or 'a file'} cannot be written: {NO_ROOM}")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="play a stack and write a report")
    run.add_argument("--speed", type=_speed, default=DEFAULT_SPEED, help=f"time compression; {DEFAULT_SPEED:g}")
    run.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help=f"where reports go; {FOLDER}/")
    run.add_argument(
        "--from", dest="older", metavar="FILE", help="rehearse the update from this stack file, or from git:<commit>'s"
    )
    changed = commands.add_parser("diff", help="say what a change does, by the catalog and then by the engine")
    changed.add_argument("--base", required=True, metavar="FILE", help="the stack file as it was, or git:<commit>")
    for command in (run, changed):
        command.add_argument(
            "stack", nargs="?", default=DEFAULT_STACK, help=f"a stack's name or the path of its file; {DEFAULT_STACK}"
        )
    commands.add_parser("down", help="stop and remove what crashed rehearsals left")
    return parser


def _speed(value: str) -> float:
    speed = float(value)
    if not 1 <= speed <= 200:
        raise argparse.ArgumentTypeError(f"{value} is not between 1 and 200; beyond that this machine is too slow")
    return speed


def _run(name: str, speed: float, folder: Path) -> int:
    console = Console()
    file = find(name, PROGRAM.parent)
    recording = record(file)
    played = stack.read(recording)
    if played.has_real_engines:
        wheel.find()
    engines = [server.engine for server in played.servers]
    listener.check_free(sorted({port for engine in engines for port in (engine.port, engine.metrics_port)}))
    binaries = build.ensure(upstreams(played))
    began = time.monotonic()
    with setting(played, speed=speed, binaries=binaries, source=Source.of(file, recording)) as stage:
        with Screen(console) as screen:
            told = play(stage, screen)
        content = report.report(stage, told, time.monotonic() - began)
    path = report.write(content, folder / played.name)
    console.print(f"{'Everything held' if told.ok else 'A link broke'}; the report is {path}", soft_wrap=True)
    return 0 if told.ok else 1


def _update(name: str, older: str, speed: float) -> int:
    ok = rehearse(name, older, speed=speed, told=_printed)
    _printed("Everything held" if ok else "Not everything held")
    return 0 if ok else 1


def _printed(line: str) -> None:
    """Print a line at once, so that who reads a pipe need not wait for the end."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _clean_up() -> int:
    said = slots.clean_up()
    sys.stdout.writelines(f"{line}\n" for line in said or ["no rehearsal left anything"])
    return 0
