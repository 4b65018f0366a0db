"""`python -m offline`: preview a stack or write its manifests, without an engine, an account or credentials."""

import argparse
import json
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi

from offline import (
    PROGRAM,
    Recording,
    RecordingError,
    StackFileError,
    bom,
    destruction,
    json_document,
    manifests,
    markdown,
    record,
    text,
)
from offline.comparison import OtherStackError, compare
from offline.stack_config import find, stack_name
from slipway.checks import Finding, errors

DEFAULT_STACK = "gke-tpu"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0, or 1 where the stack would not deploy."""
    options = _parser().parse_args(arguments)
    try:
        recording = _record(options.stack, assume_secrets=getattr(options, "secrets", "given") == "assumed")
    except (StackFileError, pulumi.RunError, RecordingError) as error:
        _refuse(stack_name(Path(options.stack)), _findings(error), getattr(options, "format", "text"))
        return 1
    if options.command == "manifests":
        _write_manifests(recording, options.out)
        return 0
    if options.command == "bom":
        sys.stdout.write(bom.document(recording) + "\n")
        return 0
    try:
        comparison = compare(options.base, recording) if options.base else None
    except OtherStackError as error:
        sys.stderr.write(f"error: BASE: {error}; make one of this stack with FORMAT=json\n")
        return 1
    if comparison:
        found = destruction.findings(comparison.changes, recording.judged.allow_replacement)
        recording = replace(recording, findings=(*recording.findings, *found))
    if options.format == "json":
        sys.stdout.write(json_document.preview(recording, comparison) + "\n")
    elif options.format == "markdown":
        sys.stdout.write(markdown.preview(recording, comparison) + "\n")
    else:
        text.write(recording, sys.stdout, comparison, tree=options.tree)
    return 1 if errors(recording.findings) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m offline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    preview = commands.add_parser("preview", help="show what a stack would create, as if nothing existed yet")
    preview.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    preview.add_argument(
        "--base", type=_document, metavar="FILE", help="a JSON preview of the same stack; say how this one differs"
    )
    preview.add_argument("--tree", action="store_true", help="show every resource below its component, too")
    preview.add_argument(
        "--secrets", choices=("given", "assumed"), default="given", help="count every secret as given; default: given"
    )
    render = commands.add_parser("manifests", help="write the Kubernetes objects of a stack as YAML")
    render.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the numbered files")
    bill = commands.add_parser("bom", help="print what a stack is made of, as CycloneDX")
    for command in (preview, render, bill):
        command.add_argument(
            "stack", nargs="?", default=DEFAULT_STACK, help=f"a stack's name or the path of its file; {DEFAULT_STACK}"
        )
    return parser


def _document(path: str) -> dict[str, Any]:
    """Read a JSON preview; argparse names the option where it raises."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return {key: content[key] for key in ("stack", "resources", "outputs")}
    except (OSError, ValueError, LookupError, TypeError) as error:
        message = f"{path} is not a preview in JSON ({error}); make one with --format json"
        raise argparse.ArgumentTypeError(message) from error


def _record(stack: str, *, assume_secrets: bool) -> Recording:
    with _progress(f"Running the program for {stack}"):
        return record(find(stack, PROGRAM.parent), assume_secrets=assume_secrets)


@contextmanager
def _progress(message: str) -> Generator[None]:
    """Show on a terminal that something goes on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(message):
        yield


def _findings(error: StackFileError | pulumi.RunError | RecordingError) -> tuple[Finding, ...]:
    if isinstance(error, RecordingError):
        remedy = "correct the program; no stack file should lead to this"
        return tuple(Finding("stack.findings", "program", problem, remedy) for problem in error.problems)
    own: tuple[Finding, ...] = getattr(error, "findings", ())
    return own or (Finding("stack.findings", "program", str(error), "change the stack file as it says"),)


def _refuse(stack: str, findings: Sequence[Finding], form: str) -> None:
    if form == "json":
        sys.stdout.write(json_document.refusal(stack, findings) + "\n")
    elif form == "markdown":
        sys.stdout.write(markdown.refusal(stack, findings) + "\n")
    else:
        sys.stderr.writelines(f"{line}\n" for line in text.finding_lines(findings))
        if any(finding.path.startswith("slipway:") or "--secret" in finding.remedy for finding in findings):
            sys.stderr.write("a secret that exists elsewhere counts as given with make preview SECRETS=assumed\n")


def _write_manifests(recording: Recording, folder: Path) -> None:
    files = manifests.write(recording, folder)
    sys.stdout.write(f"{len(files)} objects in {folder}; `kubectl apply -f {folder}` takes them in order\n")
    for command in manifests.secret_commands(recording):
        sys.stdout.write(f"not written, since a value is secret: make it yourself, pods wait for it:\n  {command}\n")
    for release in recording.of("kubernetes:helm.sh/v3:Release"):
        inputs = release.inputs
        sys.stdout.write(f"not rendered: Helm release {release.name} of {inputs.get('chart')}\n")


if __name__ == "__main__":
    sys.exit(main())
