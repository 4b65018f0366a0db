"""The figures of a report as SVG: matplotlib draws them without a display, and text stays text."""

# pyright: reportUnknownMemberType=false
# Matplotlib leaves the keyword arguments of its methods without types.

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.typing import RcKeyType

from rehearsal.report.content import Report, ServerFacts
from rehearsal.story.observation import Observation
from rehearsal.story.told import Act

WIDTH, HEIGHT = 4.6, 2.7
"""Inches; a phone shows them at about the size of print."""
BLUE, ORANGE, GREEN, GREY = "#1f6feb", "#d9480f", "#2b8a3e", "#868e96"
ACT_POINTS = 8
CHARACTER_SHARE = 0.02
"""Of a figure's width, that a character of an act's name takes, with some room."""
ACTS = {Act.START: "start", Act.LOAD: "load", Act.HOLD: "hold", Act.UPDATE: "update", Act.REST: "rest"}
STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
}


@dataclass(frozen=True, slots=True)
class FigureSvg:
    """A figure, ready to be put into a page.

    Attributes:
        title: what it shows, as a caption.
        svg: an `<svg>` element.
    """

    title: str
    svg: str


def figures(report: Report, server: ServerFacts) -> list[FigureSvg]:
    """Return the figures of one server, without those of series that its engine lacks; none if it was never seen."""
    seen = [each for each in report.observations if each.server == server.name]
    if not seen:
        return []
    draw: list[tuple[str, Callable[[Axes], None]]] = [
        ("The autoscaler's signal against its target, and replicas", lambda axes: _signal(axes, seen, server)),
        ("Nodes", lambda axes: _nodes(axes, seen)),
        ("Requests of all replicas", lambda axes: _requests(axes, seen)),
    ]
    if any(each.first_token is not None for each in seen):
        draw.append(("Time to the first token, 95th percentile", lambda axes: _first_token(axes, seen)))
    if any(each.tokens is not None for each in seen):
        draw.append(("Generated tokens, all replicas", lambda axes: _tokens(axes, seen)))
    return [_figure(report, f"{server.name}: {title}", drawing) for title, drawing in draw]


def _figure(report: Report, title: str, draw: Callable[[Axes], None]) -> FigureSvg:
    style: dict[RcKeyType, Any] = {**STYLE, "svg.hashsalt": title}
    with mpl.rc_context(style):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        axes.set_xlabel("minutes in the cluster's time")
        axes.set_xlim(0, max(each.time for each in report.observations) / 60)
        axes.set_ylim(bottom=0)
        _acts(axes, report)
        figure.legend(loc="outside lower center", ncols=4, fontsize=8, frameon=False)
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None})
    drawn = target.getvalue()
    return FigureSvg(title, drawn[drawn.index("<svg") :])


def _acts(axes: Axes, report: Report) -> None:
    """Draw where each act begins, its name above that, in the lowest line where no other name is in its way."""
    ends: list[float] = []
    for act, name in ACTS.items():
        if act not in report.acts:
            continue
        begins = report.acts[act] / 60
        axes.axvline(begins, color=GREY, linewidth=0.8, linestyle=":")
        line = next((line for line, end in enumerate(ends) if end <= begins), len(ends))
        ends[line : line + 1] = [begins + len(name) * CHARACTER_SHARE * axes.get_xlim()[1]]
        axes.annotate(
            name,
            (begins, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, line * ACT_POINTS),
            textcoords="offset points",
            color=GREY,
            fontsize=ACT_POINTS,
            va="bottom",
        )


def _signal(axes: Axes, seen: Sequence[Observation], server: ServerFacts) -> None:
    _line(axes, seen, lambda each: each.signal, "signal", BLUE)
    axes.axhline(server.target, color=BLUE, linestyle="--", linewidth=1, label=f"target {server.target:g}")
    axes.set_ylabel("average a replica", color=BLUE)
    replicas = axes.twinx()
    _steps(replicas, seen, lambda each: each.wanted, "wanted", ORANGE, "--")
    _steps(replicas, seen, lambda each: each.ready, "Ready", GREEN)
    replicas.set_ylabel("replicas")
    replicas.set_ylim(0, server.maximum + 1)
    replicas.yaxis.set_major_locator(MaxNLocator(integer=True))
    replicas.grid(visible=False)


def _nodes(axes: Axes, seen: Sequence[Observation]) -> None:
    for pool, colour in zip(seen[0].nodes, (GREY, ORANGE, BLUE, GREEN) * len(seen[0].nodes), strict=False):
        _steps(axes, seen, lambda each, pool=pool: each.nodes[pool], pool, colour)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _requests(axes: Axes, seen: Sequence[Observation]) -> None:
    _line(axes, seen, lambda each: each.waiting, "waiting", ORANGE)
    _line(axes, seen, lambda each: each.running, "running", GREEN)


def _first_token(axes: Axes, seen: Sequence[Observation]) -> None:
    _line(axes, seen, lambda each: each.first_token, "seconds", ORANGE)


def _tokens(axes: Axes, seen: Sequence[Observation]) -> None:
    _line(axes, seen, lambda each: each.tokens, "tokens a second", GREEN)


def _line(
    axes: Axes, seen: Sequence[Observation], value: Callable[[Observation], float | None], label: str, colour: str
) -> None:
    """Draw what was seen; where nothing was, the line has a gap."""
    values = [value(each) for each in seen]
    times = [each.time / 60 for each in seen]
    axes.plot(times, [float("nan") if each is None else each for each in values], color=colour, label=label)


def _steps(
    axes: Axes,
    seen: Sequence[Observation],
    value: Callable[[Observation], float],
    label: str,
    colour: str,
    style: str = "-",
) -> None:
    times = [each.time / 60 for each in seen]
    axes.step(times, [value(each) for each in seen], where="post", color=colour, label=label, linestyle=style)
