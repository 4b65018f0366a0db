"""`make rehearse STACK=… FROM=…`: which states there are, whether the update may be made, and how it goes."""

import json
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from offline import PROGRAM, Recording, destruction, json_document, record, text
from offline.checkouts import checked_out
from offline.comparison import Comparison, compare
from offline.stack_config import find
from rehearsal import build
from rehearsal.story.setting import setting, upstreams
from rehearsal.updates.transition import State, Transition, joined
from slipway.checks import Finding

GIT = "git:"
"""What begins the name of a commit whose program and stack file are the old ones."""
STACK_FILES = "Pulumi.*.yaml"


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
    with before(older, file) as (old_file, _):
        old, new = state(old_file), state(file)
        comparison = compare(json.loads(json_document.preview(old.recording)), new.recording)
        if refused := destructive(comparison, new.recording):
            for line in text.finding_lines(refused):
                told(line)
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
    return State.of(record(file), file)


def destructive(comparison: Comparison, new: Recording) -> Sequence[Finding]:
    """Return what a preview refuses of an update."""
    return list(destruction.findings(comparison.changes, new.judged.allow_replacement))


@contextmanager
def before(older: str, file: Path) -> Generator[tuple[Path, Path]]:
    """Give a stack's older file and the program that it was for: the present one, or that of a commit.

    Raises:
        NoSuchCommitError: there is no such commit.
    """
    if older.startswith(GIT):
        with checked_out(older.removeprefix(GIT)) as folder:
            yield folder / file.resolve().relative_to(PROGRAM.parent), folder / PROGRAM.name
        return
    old = find(older, PROGRAM.parent)
    with TemporaryDirectory() as folder:
        # It has the name of the new one, for they are the same stack, and lies beside those that it extends.
        for each in old.parent.glob(STACK_FILES):
            shutil.copy(each, folder)
        yield Path(shutil.copy(old, Path(folder) / file.name)), PROGRAM
