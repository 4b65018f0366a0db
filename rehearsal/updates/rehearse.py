"""`make rehearse STACK=… FROM=…`: which states there are, whether the update may be made, and how it goes."""

import json
import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from checks import Finding
from offline import PROGRAM, destruction, json_document, record
from offline.comparison import compare
from offline.stack_config import find
from rehearsal import build, stack
from rehearsal.own_models import own_models
from rehearsal.story.setting import setting, upstreams
from rehearsal.updates.source import Source
from rehearsal.updates.transition import State, Transition, joined

GIT = "git:"
"""What begins the name of a commit whose stack file is the old one."""


class NoSuchCommitError(Exception):
    """Git has no such commit, or no stack file of that name in it; the message is Git's."""


def rehearse(name: str, older: str, *, speed: float, told: Callable[[str], None]) -> bool:
    """Rehearse the update from an older stack file to one, both by the present program.

    Args:
        name: a stack's name or the path of its file.
        older: the same of the older one, or `git:<commit>`.
        speed: modelled seconds in one second.
        told: hears each line of what is found.

    Returns:
        Whether all of it held; False, and nothing is played, where the preview would refuse it.

    Raises:
        NoSuchCommitError: there is no older stack file.
        NothingToPlayError: one of the stacks has nothing to play.
    """
    file = find(name, PROGRAM.parent)
    with _named_alike(older, file) as old_file:
        old, new = state(old_file), state(file)
        if refused := _refused(old, new):
            for finding in refused:
                told(f"{finding.severity}: {finding.path}: {finding.message}")
                told(f"  {finding.remedy}")
            return False
        both = joined(old.played, new.played)
        binaries = build.ensure(upstreams(both))
        with setting(both, speed=speed, binaries=binaries, source=old.source) as stage:
            return Transition(stage, old, new).play(told)


def state(file: Path) -> State:
    """Return what a stack file becomes.

    Raises:
        NothingToPlayError: it has nothing to play.
    """
    recording = record(file)
    return State(recording, stack.read(recording, own_models(file)), Source.of(file, recording))


def _refused(old: State, new: State) -> Sequence[Finding]:
    comparison = compare(json.loads(json_document.preview(old.recording)), new.recording)
    return list(destruction.findings(comparison.changes, new.recording.judged.allow_replacement))


@contextmanager
def _named_alike(older: str, file: Path) -> Generator[Path]:
    """Give the older stack file the name of the new one: they are the same stack."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_text(_text(older, file), encoding="utf-8")
        yield path


def _text(older: str, file: Path) -> str:
    if not older.startswith(GIT):
        return find(older, PROGRAM.parent).read_text(encoding="utf-8")
    where = f"{older.removeprefix(GIT)}:{file.resolve().relative_to(PROGRAM.parent)}"
    shown = subprocess.run(["git", "show", where], cwd=PROGRAM.parent, capture_output=True, text=True, check=False)
    if shown.returncode:
        raise NoSuchCommitError(f"FROM={older}: {shown.stderr.strip()}")
    return shown.stdout
