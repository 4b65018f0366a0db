"""`make rehearse STACK=… FROM=…`: which states there are, whether the update may be made, and how it goes."""

import json
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

from offline import PROGRAM, destruction, json_document, record
from offline.comparison import compare
from offline.stack_config import find
from rehearsal import build, stack
from rehearsal.story.setting import setting, upstreams
from rehearsal.updates.source import Source
from rehearsal.updates.transition import State, Transition, joined
from slipway.checks import Finding

GIT = "git:"
"""What begins the name of a commit whose stack file is the old one."""


STACK_FILES = "Pulumi.*.yaml"


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
    return State(recording, stack.read(recording), Source.of(file, recording))


def _refused(old: State, new: State) -> Sequence[Finding]:
    comparison = compare(json.loads(json_document.preview(old.recording)), new.recording)
    return list(destruction.findings(comparison.changes, new.recording.judged.allow_replacement))


@contextmanager
def _named_alike(older: str, file: Path) -> Generator[Path]:
    """Give the older stack file the name of the new one, for they are the same stack, beside those that it extends."""
    with TemporaryDirectory() as folder:
        files = _of_commit(older.removeprefix(GIT), file) if older.startswith(GIT) else _beside(older, file)
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        yield Path(folder) / file.name


def _beside(older: str, file: Path) -> Mapping[str, str]:
    """Return the stack files of a folder by name, of which one has the new one's."""
    old = find(older, PROGRAM.parent)
    texts = {each.name: each.read_text(encoding="utf-8") for each in old.parent.glob(STACK_FILES)}
    return {**texts, file.name: old.read_text(encoding="utf-8")}


def _of_commit(commit: str, file: Path) -> Mapping[str, str]:
    folder = file.resolve().parent.relative_to(PROGRAM.parent)
    names = [Path(line).name for line in _git("ls-tree", "--name-only", commit, f"{folder}/").splitlines()]
    return {
        name: _git("show", f"{commit}:{folder / name}")
        for name in {file.name, *(each for each in names if fnmatch(each, STACK_FILES))}
    }


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=PROGRAM.parent, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise NoSuchCommitError(f"git {' '.join(arguments)}: {ran.stderr.strip()}")
    return ran.stdout
