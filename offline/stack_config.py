"""A stack file and Pulumi.yaml as the engine turns them into a program's configuration.

Nothing is decrypted and no Pulumi ESC environment is opened: each secret becomes a placeholder that names its key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from offline.config_values import SKELETON, Reader
from offline.recording import StackFileError
from slipway import yaml_file
from slipway.checks import Finding
from slipway.checks.wording import nearest, shown
from slipway.project import PROJECT_FILE

DISABLED = "pulumi:disable-default-providers"
_NO_BLOCK = "no block of keys"
BELOW = f"write all that a stack needs below `config:`, as in\n{SKELETON}"


@dataclass(frozen=True, slots=True)
class StackConfig:
    """What the engine would hand to the program.

    Attributes:
        project: the project's name.
        stack: the stack's name.
        values: by full key, such as `slipway:stack`; an object is JSON with sorted keys, as the engine makes it.
        secret_keys: the keys whose values are secret.
        assumed: those of them that nobody has given.
        refused: what the engine would refuse of it.
        unread: keys of the project's own that it does not declare, with those that may be meant.
    """

    project: str
    stack: str
    values: Mapping[str, str]
    secret_keys: frozenset[str]
    assumed: tuple[str, ...] = ()
    refused: tuple[Finding, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def disabled_default_providers(self) -> frozenset[str]:
        """Packages whose resources must name their provider; `*` means all of them."""
        return frozenset(json.loads(self.values.get(DISABLED, "[]")))


def stack_name(path: Path) -> str:
    """Return the stack that a file is for: `gke-tpu` for `Pulumi.gke-tpu.yaml`."""
    return path.stem.removeprefix("Pulumi.")


def find(stack: str, root: Path) -> Path:
    """Return the file of a stack of the project in `root`; anything that looks like a path is taken as one.

    Raises:
        StackFileError: there is no such stack; the finding lists those there are.
    """
    if "/" in stack or stack.endswith((".yaml", ".yml")):
        return Path(stack)
    folder = root / cast("str", _mapping(root / PROJECT_FILE).get("stackConfigDir", "."))
    files = {stack_name(path): path for path in sorted(folder.glob("Pulumi.*.yaml"))}
    if stack not in files:
        known = f"name {nearest(stack, files)}" if files else f"write {folder}/Pulumi.{stack}.yaml, or make new"
        raise StackFileError([Finding("stack-file.find", str(folder), f"there is no stack {stack!r}", known)])
    return files[stack]


def load(stack_file: Path, project_file: Path, *, assume_secrets: bool = False) -> StackConfig:
    """Return the configuration that a stack file makes with its project's.

    Raises:
        StackFileError: one of the files cannot be read, or the engine would refuse what they say together.
    """
    config = read(stack_file, project_file, assume_secrets=assume_secrets)
    if config.refused:
        raise StackFileError(config.refused)
    return config


def read(stack_file: Path, project_file: Path, *, assume_secrets: bool = False) -> StackConfig:
    """Return the configuration that a stack file makes with its project's, and what the engine would refuse of it.

    Args:
        stack_file: what a person writes.
        project_file: the project's Pulumi.yaml.
        assume_secrets: count each secret that the project declares as given.

    Raises:
        StackFileError: one of the files cannot be read.
    """
    project = _mapping(project_file)
    name = str(project["name"])
    reader = Reader(name, assume_secrets=assume_secrets)
    stack = _mapping(stack_file)
    reader.read_stack(_section(stack, "config", stack_file), beside=stack)
    reader.apply_project(_section(project, "config", project_file))
    if not _is_list(reader.values.get(DISABLED, "[]")):
        message = f"{shown(reader.values.pop(DISABLED))} is no list"
        reader.findings.append(Finding("stack-file.providers", DISABLED, message, f"write {DISABLED}: ['*']"))
    return StackConfig(
        name,
        stack_name(stack_file),
        reader.values,
        frozenset(reader.secret_keys),
        tuple(reader.assumed),
        tuple(reader.findings),
        reader.unread,
    )


def _is_list(text: str) -> bool:
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def _mapping(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml_file.load(path)
    except yaml_file.UnreadableFileError as error:
        raise StackFileError([error.finding]) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise StackFileError([Finding("stack-file.mapping", str(path), f"{shown(content)} is {_NO_BLOCK}", BELOW)])
    return cast("Mapping[str, Any]", content)


def _section(content: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    section: Any = content.get(key) or {}
    if not isinstance(section, dict):
        message = f"{shown(section)} is {_NO_BLOCK}"
        raise StackFileError([Finding("stack-file.section", f"{path}: {key}", message, BELOW)])
    return cast("Mapping[str, Any]", section)
