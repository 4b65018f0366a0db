"""What stack files of one folder must not have in common: the name that their resources have in one cloud account."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from offline.stack_config import StackConfig
from slipway import stack_files, yaml_file
from slipway.checks import Finding

ACCOUNTS = ("gcp:project", "aws:profile")
"""The keys of a stack file that say in whose account it is."""


def name_findings(stack_file: Path, config: StackConfig) -> Iterator[Finding]:
    """Say which other stack of the folder has the name of this one, in the same account."""
    if (mine := _name(json.loads(config.values.get("slipway:stack", "null")), stack_file.parent)) is None:
        return
    account = tuple(config.values.get(key) for key in ACCOUNTS)
    same = [
        stack
        for stack in stack_files.names(stack_file.parent)
        if stack != config.stack and _of(stack_files.path_of(stack, stack_file.parent), mine) == (mine, account)
    ]
    if same:
        message = f"{mine!r} is that of stack {same[0]!r} too: in one account the two take each other's resources"
        yield Finding("stack-file.name", "name", message, f"write another, such as {config.stack}", "warning")


def _of(path: Path, name: str) -> tuple[str | None, tuple[str | None, ...]] | None:
    """Return name and account of the stack in a file; none where it is none, or cannot have this name."""
    try:
        text = path.read_text(encoding="utf-8")
        if name not in text and stack_files.EXTENDS not in text:
            return None
        config: Any = cast("Mapping[str, Any]", yaml_file.load(path)).get("config")
        return _name(stack_files.section(path), path.parent), tuple(config.get(key) for key in ACCOUNTS)
    except (OSError, UnicodeDecodeError, AttributeError, yaml_file.UnreadableFileError):
        # Whoever previews that stack is told.
        return None


def _name(stack: Any, folder: Path) -> str | None:
    """Return the name that a stack has, itself or from the stack that it extends."""
    found = stack_files.extended(cast("Mapping[str, Any]", stack), folder).stack if isinstance(stack, Mapping) else None
    return str(found["name"]) if found and "name" in found else None
