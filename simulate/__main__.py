"""`python -m simulate`: how a stack's autoscaling behaves under a load, without an account and without a cluster."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pulumi

from offline import PROGRAM, RecordingError, StackFileError, record
from offline.stack_config import find
from rehearsal import stack
from rehearsal.nodes import UnknownMachineError
from rehearsal.stack import NothingToPlayError
from simulate import load, plot, report
from simulate.hpa_manifest import UnsupportedMetricError
from simulate.judgement import Answer, answer
from simulate.load import LoadError
from simulate.loop import UnknownSeriesError
from simulate.scenario import NotSimulatedError, scenarios
from slipway.checks import errors

_REFUSALS = (
    pulumi.RunError,
    LoadError,
    NothingToPlayError,
    NotSimulatedError,
    RecordingError,
    StackFileError,
    UnknownMachineError,
    UnknownSeriesError,
    UnsupportedMetricError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status: 0, or 1 where a configuration is refused."""
    options = _parser().parse_args(arguments)
    try:
        answers, left_out = _answers(options.stack, options.load)
    except _REFUSALS as error:
        sys.stderr.write(f"{error}\n")
        return 1
    report.write(answers, sys.stdout)
    sys.stdout.writelines(f"not simulated: {line}\n" for line in left_out)
    if options.plot:
        plot.write(answers, options.plot)
        sys.stdout.write(f"plot: {options.plot}\n")
    return 1 if any(errors(each.findings) for each in answers) else 0


def _answers(name: str, steps: str) -> tuple[list[Answer], list[str]]:
    clients = load.parse(steps)
    file = find(name, PROGRAM.parent)
    played = stack.read(record(file))
    found, left_out = scenarios(played)
    return [answer(scenario, clients) for scenario in found], left_out


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulate", description=__doc__)
    parser.add_argument("stack", help="a stack's name or the path of its file")
    parser.add_argument(
        "--load",
        required=True,
        metavar="LOAD",
        help="seconds:clients pairs such as 0:4,120:160,600:4, or a file with one a line; every server gets it",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the course of each server's own configuration")
    return parser


if __name__ == "__main__":
    sys.exit(main())
