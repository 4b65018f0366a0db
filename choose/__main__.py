"""`python -m choose`: machines for a model and a load, cheapest first, and a stack file for one of them."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from choose import stack_file, table
from choose.candidates import Answer, Candidate, candidates
from choose.questions import asked
from choose.request import Request
from offline import PROGRAM
from offline.__main__ import main as offline
from slipway.catalog.models import MODELS
from slipway.checks.wording import nearest
from slipway.stack_files import path_of

FOLDER = PROGRAM.parent / "stacks"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0, or 1 where nothing serves the request."""
    options = _parser().parse_args(arguments)
    request = asked(options)
    if request.model not in MODELS:
        sys.stderr.write(
            f"error: --model: {request.model!r} is not in the catalog; write {nearest(request.model, MODELS)}, "
            "or describe it in a stack file (docs/stack-files.md)\n"
        )
        return 1
    name = getattr(options, "name", None) or "new"
    answer = candidates(request, MODELS[request.model], name)
    sys.stdout.writelines(f"{line}\n" for line in table.lines(request, answer))
    if not answer.candidates:
        return 1
    return _write(_chosen(answer, options), name, request, options) if options.command == "new" else 0


def _chosen(answer: Answer, options: argparse.Namespace) -> Candidate:
    """Return the candidate on the machine that is named, or else the cheapest."""
    of_machine = [each for each in answer.candidates if each.draft.slice.machine.name == options.machine]
    if options.machine and not of_machine:
        machines = dict.fromkeys(each.draft.slice.machine.name for each in answer.candidates)
        sys.exit(f"error: --machine: {options.machine!r} is no candidate; write {nearest(options.machine, machines)}")
    return of_machine[0] if of_machine else answer.candidates[0]


def _write(candidate: Candidate, name: str, request: Request, options: argparse.Namespace) -> int:
    path = Path(options.out) if options.out else path_of(name, FOLDER)
    if path.exists():
        sys.stderr.write(f"error: {path} is there already; choose another NAME, or delete it\n")
        return 1
    path.write_text(stack_file.text(candidate), encoding="utf-8")
    sys.stdout.write(f"\nwrote {path}\n\n")
    return offline(["preview", str(path), "--secrets", "assumed" if request.source_ranges else "given"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m choose", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    table_only = commands.add_parser("table", help="print the candidates")
    new = commands.add_parser(
        "new", help="write a stack file for the cheapest candidate, or for a machine, and preview it"
    )
    new.add_argument("--name", help="of the stack; default: new")
    new.add_argument("--machine", help="take this machine and not the cheapest")
    new.add_argument("--out", metavar="FILE", help="default: stacks/Pulumi.<name>.yaml")
    for command in (table_only, new):
        command.add_argument("--model", help="its name on Hugging Face")
        command.add_argument("--context", type=int, help="most tokens of a request, prompt and answer together")
        command.add_argument("--requests", type=int, default=8, help="requests under way at once; default: 8")
        command.add_argument("--tokens-per-second", type=float, help="tokens that are to be generated in a second")
        command.add_argument("--cloud", choices=("any", "gke", "eks"), default="any", help="default: any")
        command.add_argument("--spot", action="store_true", help="on nodes that may be taken back at any time")
        command.add_argument(
            "--public", action="append", default=[], metavar="RANGE", help="address ranges that reach the server"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
