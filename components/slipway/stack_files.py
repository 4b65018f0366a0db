"""Stack files that build on one another: `extends` names a stack of the same folder, and what is beside it differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from slipway import yaml_file
from slipway.checks import Finding
from slipway.checks.wording import nearest, shown

KEYS = ("slipway:stack", "stack")
"""The key of a stack in its file; without a namespace it is the project's."""

EXTENDS = "extends"

CHOICES = ("type", "source", "signal", "provider", "engine", "route", "tool", "bucket")
"""Keys that say what a block is: one that says it otherwise takes the place of the base's and is not merged with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """A stack with all that it inherits.

    Attributes:
        stack: its keys and those of its bases; none where a base cannot be had.
        origins: the dotted paths of what came from a base, as a whole, with the name of that stack.
        findings: why a base cannot be had.
    """

    stack: Mapping[str, Any] | None
    origins: Mapping[str, str] = field(default_factory=dict[str, str])
    findings: Sequence[Finding] = ()

    def told(self, finding: Finding) -> Finding:
        """Return a finding that says, too, which other file has the value."""
        origin = self.origin(finding.path)
        return replace(finding, message=f"{finding.message} (from stack {origin!r})") if origin else finding

    def origin(self, path: str) -> str | None:
        """Return the stack that the value at a path came from; none where it is the stack's own, or of several."""
        steps = path.split(".")
        above = (".".join(steps[:count]) for count in range(len(steps), 0, -1))
        return next((self.origins[step] for step in above if step in self.origins), None)


def path_of(stack: str, folder: Path) -> Path:
    """Return the file of a stack."""
    return folder / f"Pulumi.{stack}.yaml"


def names(folder: Path) -> list[str]:
    """Return the stacks that have a file in a folder."""
    return sorted(path.stem.removeprefix("Pulumi.") for path in folder.glob("Pulumi.*.yaml"))


def extended(stack: Mapping[str, Any], folder: Path) -> Extended:
    """Return a stack with all that it inherits from the stacks of a folder."""
    return _extended(stack, folder, ())


def section(path: Path) -> Mapping[str, Any] | None:
    """Return what a file says below `slipway:stack`; none where it says nothing there.

    Raises:
        UnreadableFileError: it cannot be read, or is no YAML.
    """
    content = yaml_file.load(path)
    config: object = cast("Mapping[str, object]", content).get("config") if isinstance(content, Mapping) else None
    members = cast("Mapping[str, object]", config) if isinstance(config, Mapping) else dict[str, object]()
    found = next((members[key] for key in KEYS if key in members), None)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else None


def _extended(stack: Mapping[str, Any], folder: Path, chain: tuple[str, ...]) -> Extended:
    if EXTENDS not in stack:
        return Extended(stack=stack)
    name, own = stack[EXTENDS], {key: value for key, value in stack.items() if key != EXTENDS}
    found = _base(name, folder, chain)
    if isinstance(found, Finding):
        return Extended(stack=None, findings=[found])
    base = _extended(found, folder, (*chain, name))
    if base.stack is None:
        return base
    origins: dict[str, str] = {}
    merged = _merged(base, own, name, base.stack, "", origins)
    return Extended(stack=merged, origins=origins)


def _base(name: Any, folder: Path, chain: tuple[str, ...]) -> Mapping[str, Any] | Finding:
    if name in chain:
        circle = " extends ".join((*chain[chain.index(name) :], name))
        return Finding("stack-file.extends", EXTENDS, f"{circle}: no end", "let one of them stand on its own")
    known = names(folder)
    if not isinstance(name, str) or name not in known:
        remedy = f"name {nearest(str(name), known)}" if known else "leave it out"
        return Finding("stack-file.extends", EXTENDS, f"there is no stack {shown(name)} in {folder}", remedy)
    try:
        found = section(path_of(name, folder))
    except yaml_file.UnreadableFileError as error:
        return error.finding
    if found is None:
        return Finding("stack-file.extends", EXTENDS, f"stack {name!r} has no slipway:stack", "extend another one")
    return found


def _merged(
    base: Extended, own: Mapping[str, Any], name: str, inherited: Mapping[str, Any], path: str, origins: dict[str, str]
) -> Mapping[str, Any]:
    """Return a block over the base's; a key that is null is left out."""
    merged: dict[str, Any] = {}
    for key in [*inherited, *(key for key in own if key not in inherited)]:
        where = f"{path}.{key}" if path else str(key)
        if key not in own:
            merged[key] = inherited[key]
            origins[where] = base.origin(where) or name
            origins.update({below: origin for below, origin in base.origins.items() if below.startswith(f"{where}.")})
        elif own[key] is not None:
            old, new = _block(inherited.get(key)), _block(own[key])
            apart = old is None or new is None or any(old.get(each) != new[each] for each in CHOICES if each in new)
            merged[key] = own[key] if apart else _merged(base, new or {}, name, old or {}, where, origins)
    return merged


def _block(value: Any) -> Mapping[str, Any] | None:
    """Return a block; none where a value is something else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None
