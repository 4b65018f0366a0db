"""A preview as text: the answer first, then findings and objects, and the whole tree where somebody asks for it.

A line breaks between values and never within one, so commands and URLs can be copied.
"""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any, cast

import yaml

from offline import changes_text
from offline.comparison import Comparison
from offline.objects import objects_of_servers
from offline.outline import Branch, outline
from offline.recording import Recording
from offline.summary import summary
from slipway.checks import Finding


def write(recording: Recording, file: IO[str], comparison: Comparison | None = None, *, tree: bool = False) -> None:
    """Write a preview, in colour on a terminal, and how the stack differs from an earlier one if that is given."""
    write_lines(lines(recording, comparison, tree=tree), _style, file)


def write_lines(text: Iterable[str], style: Callable[[str], str], file: IO[str]) -> None:
    """Write lines, on a terminal the first in bold and each further one in its style."""
    if not file.isatty():
        file.writelines(f"{line}\n" for line in text)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=file)
    for index, line in enumerate(text):
        console.print(Text(line, style(line) if index else "bold"), soft_wrap=True)


def lines(recording: Recording, comparison: Comparison | None = None, *, tree: bool = False) -> Iterator[str]:
    """Yield a preview in plain text, line by line."""
    parts = [summary(recording)]
    if comparison is not None:
        parts.append(list(changes_text.lines(comparison)))
    if recording.findings:
        parts.append(["findings", *finding_lines(recording.findings, "  ")])
    parts += [
        [title, *(line for each in objects for line in _wrapped(f"  {each.name}", each.inputs))]
        for title, objects in objects_of_servers(recording).items()
    ]
    if recording.outputs:
        parts.append(["outputs", *_yaml(recording.outputs)])
    if tree:
        parts.append(["resources", *_indented(outline(recording), "  ")])
    for part in parts:
        yield from map(recording.shown, part)


def finding_lines(findings: Iterable[Finding], indent: str = "") -> Iterator[str]:
    """Yield two lines for each finding, errors first: what is wrong and where, and what to write or run instead."""
    for finding in sorted(findings, key=lambda finding: finding.severity):
        yield f"{indent}{finding.severity}: {finding.path}: {finding.message}"
        yield f"{indent}  {finding.remedy}"


def _wrapped(first: str, inputs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a line with its inputs; those that would stick out begin a further one."""
    width, line = shutil.get_terminal_size().columns, first
    for label, value in inputs:
        part = f"  {label}={value}"
        if len(line) + len(part) > width and line.strip():
            yield line
            line = "    "
        line += part
    yield line


def _indented(branches: Iterable[Branch], indent: str) -> Iterator[str]:
    for branch in branches:
        inputs = "".join(f"  {label}={value}" for label, value in branch.inputs)
        yield f"{indent}{branch.type} {branch.name}{inputs}"
        yield from _indented(branch.branches, indent + "  ")


def _yaml(outputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield outputs as YAML, the innermost mappings on one line each."""
    text = yaml.safe_dump(_sorted(outputs), default_flow_style=None, sort_keys=False, width=sys.maxsize)
    return (f"  {line}" for line in text.splitlines())


def _sorted(value: Any) -> Any:
    """Sort keys, those that are numbers by their value."""
    if not isinstance(value, Mapping):
        return value
    members = cast("Mapping[str, Any]", value)
    keys = sorted(members, key=lambda key: (int(key) if key.isdigit() else sys.maxsize, key))
    return {key: _sorted(members[key]) for key in keys}


def _style(line: str) -> str:
    if line.startswith("  warning: "):
        return "yellow"
    return "red" if line.startswith("  error: ") or changes_text.is_loss(line) else ""
