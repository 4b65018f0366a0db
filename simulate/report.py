"""What `python -m simulate` prints: a table of targets for each server, what was assumed, and the findings."""

from collections.abc import Iterable
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulate.judgement import Answer, Trial
from simulate.outcome import PERCENTILES
from simulate.scenario import Scenario

WIDTH = 120


def write(answers: Iterable[Answer], file: IO[str]) -> None:
    """Write the answers; without colour and as wide as a line of code where the file is no terminal."""
    console = Console(file=file, width=None if file.isatty() else WIDTH, highlight=False)
    for answer in answers:
        console.print(_table(answer))
        for line in _assumptions(answer.own):
            console.print(Text(f"  {line}", "dim"))
        for finding in answer.findings:
            style = "red" if finding.severity == "error" else "yellow"
            console.print(Text(f"{finding.severity}: {finding.path}: {finding.message}\n  {finding.remedy}", style))
        console.print()


def _table(answer: Answer) -> Table:
    scenario = answer.own.run.scenario
    title = f"{scenario.server}: {scenario.signal}, {len(answer.own.run.seconds)} s simulated"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("target")
    for heading in (
        *(f"wait p{percent}" for percent in PERCENTILES),
        *("most waiting", "replicas", "rescales", "flaps", "replica-h", "node-h", "USD"),
    ):
        table.add_column(heading, justify="right")
    for trial in answer.sweep:
        table.add_row(*_row(trial, own=trial is answer.own), style="bold" if trial is answer.own else "")
    return table


def _row(trial: Trial, *, own: bool) -> list[str]:
    result = trial.outcome
    return [
        f"{trial.run.scenario.target:g}{' *' if own else ''}",
        *(f"{result.first_token[percent]:.2f} s" for percent in PERCENTILES),
        str(result.most_waiting),
        str(result.most_replicas),
        str(len(result.rescales)),
        str(len(result.flaps)),
        f"{result.replica_hours:.2f}",
        f"{result.node_hours:.2f}",
        "unknown" if result.usd is None else f"{result.usd:.2f}",
    ]


def _assumptions(trial: Trial) -> list[str]:
    scenario: Scenario = trial.run.scenario
    pool = scenario.pool
    return [
        f"wait: from a request's arrival to its first token; requests of {scenario.shape.prompt} + "
        f"{scenario.shape.answer} tokens, {scenario.limits.slots} in a batch",
        f"scrape every {scenario.scrape_seconds} s, in the adapter {scenario.metric_delay} s later",
        f"a node in {scenario.node_seconds} s, its image in {scenario.pull_seconds} s more, then the engine loads for "
        f"{scenario.load_seconds} s",
        f"pool {pool.name}: {pool.minimum * pool.nodes_of_group} to {pool.maximum * pool.nodes_of_group} nodes for "
        "this server; * is the stack's own target",
        (
            f"{pool.usd_per_node_hour:g} USD a node and hour ({pool.machine}, {pool.purchase}, with its disks)"
            if pool.usd_per_node_hour is not None
            else "no price of its machines is known, so there is no cost"
        ),
    ]
