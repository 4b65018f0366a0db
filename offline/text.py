"""A preview as text: a tree in colour on a terminal, the same lines indented and without any colour elsewhere."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, cast

import yaml

from checks import Finding
from offline.comparison import Comparison
from offline.outline import Branch, outline
from offline.recording import Recording


def write(recording: Recording, file: IO[str], comparison: Comparison | None = None) -> None:
    """Write the tree, the outputs and the findings, and last how the stack differs from an earlier preview."""
    if file.isatty():
        _write_coloured(recording, file)
    else:
        file.writelines(f"{line}\n" for line in lines(recording))
    if comparison is not None:
        file.writelines(f"{line}\n" for line in _comparison(comparison))


def lines(recording: Recording) -> Iterator[str]:
    """Yield the preview in plain text, line by line."""
    yield _title(recording)
    yield from _indented(outline(recording), "  ")
    yield from _below_the_tree(recording)


def finding_lines(findings: Iterable[Finding], indent: str = "") -> Iterator[str]:
    """Yield two lines for each finding: what is wrong and where, and what to write or run instead."""
    for finding in findings:
        yield f"{indent}{finding.severity}: {finding.path}: {finding.message}"
        yield f"{indent}  {finding.remedy}"


def _indented(branches: Iterable[Branch], indent: str) -> Iterator[str]:
    for branch in branches:
        inputs = "".join(f"  {label}={value}" for label, value in branch.inputs)
        yield f"{indent}{branch.type} {branch.name}{inputs}"
        yield from _indented(branch.branches, indent + "  ")


def _title(recording: Recording) -> str:
    return f"{recording.stack}: {len(recording.resources)} resources"


def _below_the_tree(recording: Recording) -> Iterator[str]:
    if recording.outputs:
        yield "outputs"
        yield from _yaml(recording.outputs)
    if recording.findings:
        yield "findings"
    yield from finding_lines(recording.findings, "  ")


def _comparison(comparison: Comparison) -> Iterator[str]:
    yield "compared with the base" if comparison else "nothing differs from the base"
    yield from (f"  + {name}" for name in comparison.added)
    yield from (f"  - {name}" for name in comparison.removed)
    yield from (f"  ~ {name}" for name in comparison.changed)
    yield from (f"  {name}: {before} -> {after}" for name, before, after in comparison.figures)


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


def _write_coloured(recording: Recording, file: IO[str]) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    def grow(tree: Tree, branches: Iterable[Branch]) -> None:
        for branch in branches:
            label = Text.assemble((branch.type, "cyan"), " ", (branch.name, "bold"))
            for name, value in branch.inputs:
                label.append_text(Text.assemble("  ", (f"{name}=", "dim"), value))
            grow(tree.add(label), branch.branches)

    console = Console(file=file)
    tree = Tree(Text(_title(recording), "bold"))
    grow(tree, outline(recording))
    console.print(tree)
    for line in _below_the_tree(recording):
        console.print(Text(line, "yellow" if line.startswith("  warning: ") else ""))
