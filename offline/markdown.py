"""A preview as Markdown for a pull request: counts, a tree that folds away, outputs and findings."""

import json
import re
from collections.abc import Iterable, Iterator

from checks import Finding
from offline.comparison import Comparison
from offline.outline import Branch, counts, outline
from offline.recording import Recording


def preview(recording: Recording, comparison: Comparison | None = None) -> str:
    """Return the whole preview of a stack, first how it differs from an earlier one."""
    parts = [_head(recording.stack), _comparison(comparison), _resources(recording), _outputs(recording)]
    return "\n".join(line for part in [*parts, _findings(recording)] for line in part)


def refusal(stack: str, findings: Iterable[Finding]) -> str:
    """Return what stands in place of a preview where there is none."""
    return "\n".join([*_head(stack), "This stack would not deploy.", "", *_finding_items(findings)])


def _head(stack: str) -> Iterator[str]:
    yield f"### Preview of {_code(stack)}"
    yield ""


def _comparison(comparison: Comparison | None) -> Iterator[str]:
    if comparison is None:
        return
    if not comparison:
        yield "Nothing that the program registers differs from the base."
    for title, names in (
        ("Added", comparison.added),
        ("Removed", comparison.removed),
        ("Changed", comparison.changed),
    ):
        if names:
            yield f"{title}: {', '.join(map(_code, names))}"
            yield ""
    if comparison.figures:
        yield "| Figure | Base | Here |"
        yield "| --- | ---: | ---: |"
        for name, before, after in comparison.figures:
            yield f"| {_code(name)} | {before} | {after} |"
    yield ""


def _resources(recording: Recording) -> Iterator[str]:
    yield f"{len(recording.resources)} resources, counted as if none existed yet."
    yield ""
    yield "| Type | Count |"
    yield "| --- | ---: |"
    for kind, count in counts(recording).items():
        yield f"| {_code(kind)} | {count} |"
    yield ""
    yield "<details><summary>Resources</summary>"
    yield ""
    yield from _items(outline(recording), "")
    yield ""
    yield "</details>"
    yield ""


def _items(branches: Iterable[Branch], indent: str) -> Iterator[str]:
    for branch in branches:
        inputs = "".join(f", {label} {_code(value)}" for label, value in branch.inputs)
        yield f"{indent}- {_code(branch.type)} **{branch.name}**{inputs}"
        yield from _items(branch.branches, indent + "  ")


def _outputs(recording: Recording) -> Iterator[str]:
    if recording.outputs:
        yield "| Output | Value |"
        yield "| --- | --- |"
    for name, value in recording.outputs.items():
        yield f"| {_code(name)} | {_code(value if isinstance(value, str) else json.dumps(value))} |"
    yield ""


def _findings(recording: Recording) -> Iterator[str]:
    if recording.findings:
        yield "#### Findings"
        yield ""
        yield from _finding_items(recording.findings)


def _finding_items(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"- **{finding.severity}** {_code(finding.path)}: {finding.message}; {finding.remedy}"
    yield ""


def _code(text: str) -> str:
    """Return a code span that holds any one-line text, also within a table."""
    inner = text.replace("|", "\\|").replace("\n", " ")
    fence = "`" * (max(map(len, re.findall("`+", inner)), default=0) + 1)
    pad = " " if "`" in inner else ""
    return f"{fence}{pad}{inner}{pad}{fence}" if inner else ""
