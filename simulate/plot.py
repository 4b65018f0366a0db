"""The course of a run as a picture: clients, the signal against its target, replicas and nodes."""

# The types that matplotlib states are partly unknown.
# pyright: reportUnknownMemberType=false

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulate.judgement import Answer
from simulate.loop import Run


def write(answers: Sequence[Answer], path: Path) -> None:
    """Draw each server's own configuration, one column a server; the suffix says the format, such as .svg or .png.

    Raises:
        OSError: the file cannot be written.
        ValueError: the format is unknown.
    """
    figure = Figure(figsize=(7 * len(answers), 8), layout="constrained")
    for column, answer in enumerate(answers, start=1):
        _draw(answer.own.run, [figure.add_subplot(3, len(answers), row * len(answers) + column) for row in range(3)])
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without a date the same run makes the same file.
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _draw(run: Run, axes: Sequence[Axes]) -> None:
    load, signal, size = axes
    minutes = [second / 60 for second in range(len(run.seconds))]
    load.set_title(run.scenario.server)
    load.plot(minutes, [each.clients for each in run.seconds], label="clients", drawstyle="steps-post")
    load.plot(minutes, [each.waiting for each in run.seconds], label="waiting requests")
    signal.plot(minutes, [each.signal for each in run.seconds], label=run.scenario.signal)
    signal.axhline(run.scenario.target, linestyle="--", color="grey", label="target")
    for name in ("replicas", "ready", "nodes"):
        size.plot(minutes, [getattr(each, name) for each in run.seconds], label=name, drawstyle="steps-post")
    size.set_xlabel("minutes")
    for each in axes:
        each.set_ylim(bottom=0)
        each.legend(loc="upper right")
