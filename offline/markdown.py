"""A preview as Markdown for a pull request: the answer, what differs, findings, a tree that folds away, outputs."""

import json
import re
from collections.abc import Iterable, Iterator

from offline import changes_text
from offline.comparison import KINDS, Change, Comparison
from offline.outline import Branch, counts, outline
from offline.recording import Recording
from offline.summary import summary
from slipway.checks import Finding


def preview(recording: Recording, comparison: Comparison | None = None) -> str:
    """Return the whole preview of a stack, first how it differs from an earlier one."""
    parts = [_head(recording.stack), _summary(recording), _comparison(comparison), _findings(recording)]
    parts += [_resources(recording), _outputs(recording)]
    return "\n".join(recording.shown(line) for part in parts for line in part)


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
    for kind in KINDS:
        if found := [change for change in comparison.of(kind) if not change.because]:
            yield f"**{kind.capitalize()}** ({len(comparison.of(kind))})"
            yield ""
            yield from (line for change in found for line in _change(change))
            yield ""
        drawn = [change for change in comparison.of(kind) if change.because]
        if drawn:
            yield f"Replaced with them: {', '.join(_code(change.name) for change in drawn)}"
            yield ""
    if comparison.rules:
        yield f"**What looks for them finds nothing**: {', '.join(map(_code, comparison.rules))}"
        yield ""
    if comparison.figures:
        yield "| Figure | Base | Here |"
        yield "| --- | ---: | ---: |"
        for name, before, after in comparison.figures:
            yield f"| {_code(name)} | {before} | {after} |"
    yield ""


def _change(change: Change) -> Iterator[str]:
    yield f"- {_code(change.name)}{f': **{change.effect.words}**' if change.effect.words else ''}"
    yield from (f"  - {_code(line)}" for line in changes_text.input_lines(change))


def _summary(recording: Recording) -> Iterator[str]:
    yield "```"
    yield from summary(recording)
    yield "```"
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
