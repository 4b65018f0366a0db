"""`make diff STACK=… BASE=…`: the catalog's word on a change and then the engine's own, with the state of the base.

The base's program is deployed to the doubles, and `pulumi preview --diff` of the new one is asked what it would do.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from offline import PROGRAM, changes_text, record, stack_config, text
from offline.checkouts import parts
from offline.comparison import compare
from offline.stack_config import StackConfig, find
from rehearsal import build
from rehearsal.go_toolchain import GoError
from rehearsal.stack import NothingToPlayError
from rehearsal.story.setting import setting, upstreams
from rehearsal.updates.deployment import Updates
from rehearsal.updates.rehearse import before, destructive
from rehearsal.updates.transition import State
from slipway.project import PROJECT_FILE

SPEED = 200
"""Nobody looks on."""


class NoBaseError(Exception):
    """The base does not preview; the message is what it says."""


class NotBuiltError(Exception):
    """The engine is not there; the message says what would have to be built."""


def diff(name: str, base: str, *, told: Callable[[str], None]) -> bool:
    """Say what a change does; an empty line divides the catalog's word from the engine's.

    Args:
        name: a stack's name or the path of its file.
        base: the same of the older one, or `git:<commit>`, for its program, too.
        told: hears each line.

    Returns:
        Whether the update would be made: it destroys nothing that the stack file does not allow, and the engine, where
        it is there, plans it to its end.

    Raises:
        NoBaseError: the base does not preview.
        NoSuchCommitError: there is no such commit.
    """
    file = find(name, PROGRAM.parent)
    with before(base, file) as (old_file, program):
        new = record(file)
        comparison = compare(_preview(old_file, program.parent), new)
        refused = destructive(comparison, new)
        for line in (*changes_text.lines(comparison), *text.finding_lines(refused)):
            told(new.shown(line))
        config = stack_config.load(old_file, program.parent / PROJECT_FILE)
        try:
            planned = _planned(config, program, State.of(new, file), told)
        except (GoError, NotBuiltError, NothingToPlayError) as error:
            told(f"the engine is not asked: {error}")
            return not refused
        return planned and not refused


def _preview(file: Path, folder: Path) -> Mapping[str, Any]:
    """Return a preview in JSON as a checkout makes it itself."""
    ran = subprocess.run(
        [sys.executable, "-m", "offline", "preview", str(file), "--format", "json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, parts(folder)))},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        document: Mapping[str, Any] = json.loads(ran.stdout)
    except ValueError:
        raise NoBaseError(f"the base does not preview: {ran.stderr.strip()}") from None
    wrong = [f"{each['path']}: {each['message']}" for each in document["findings"] if each["severity"] == "error"]
    if wrong:
        raise NoBaseError(f"the base does not preview: {'; '.join(wrong)}")
    return document


def _planned(config: StackConfig, program: Path, new: State, told: Callable[[str], None]) -> bool:
    needed = upstreams(new.played)
    if missing := build.missing(needed):
        raise NotBuiltError(f"{', '.join(missing)} would have to be built, as a first `make rehearse` does")
    source = replace(new.source, awaited=False)  # What is planned does not depend on it.
    with setting(new.played, speed=SPEED, binaries=build.ensure(needed), source=source) as stage:
        assert isinstance(stage.deployment, Updates)
        made = stage.deployment.become(config, program)
        if made.failed:
            told(f"the engine cannot make the base: {'; '.join(made.errors)}")
            return False
        planned = stage.deployment.become(source.config, source.program, command="preview")
    told("")
    for line in planned.printed or planned.errors:
        told(line)
    return not planned.failed
