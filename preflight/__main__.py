"""`python -m preflight`: what your accounts say to a stack before its first update. Nothing is written."""

import argparse
import sys
import time
from collections.abc import Sequence

import pulumi

from offline import PROGRAM, Recording, RecordingError, StackFileError, record
from offline.stack_config import find
from offline.text import finding_lines
from preflight import aws, cluster, google, hubs, report
from preflight.question import Question, ask_all, findings
from preflight.web import Web
from slipway.checks import Finding, errors


def main(arguments: Sequence[str] | None = None, web: Web | None = None) -> int:
    """Run the command line and return the exit status: 0, or 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m preflight", description=__doc__)
    parser.add_argument("stack", help="a stack's name or the path of its file")
    options = parser.parse_args(arguments)
    try:
        recording = record(find(options.stack, PROGRAM.parent), assume_secrets=True)
    except (StackFileError, pulumi.RunError, RecordingError) as error:
        found: Sequence[Finding] = getattr(error, "findings", ())
        sys.stderr.writelines(f"{line}\n" for line in finding_lines(found))
        reason = "" if found else f"{error}\n"
        sys.stderr.write(f"{reason}no account was asked: make preview shows what is to be mended first\n")
        return 1
    questions = list(_questions(recording, web or Web()))
    began = time.monotonic()
    answers = ask_all(questions)
    report.write(recording.stack, questions, answers, time.monotonic() - began, sys.stdout)
    return 1 if errors(findings(questions, answers)) else 0


def _questions(recording: Recording, web: Web) -> Sequence[Question]:
    return [
        *google.questions(recording, web),
        *aws.questions(recording),
        *cluster.questions(recording),
        *hubs.questions(recording, web),
    ]


if __name__ == "__main__":
    sys.exit(main())
