"""The part of Grafana's dashboard format that these dashboards use, as models: schema version 39 of Grafana 11, which
later releases read."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from slipway.addons.dashboards.charts import Chart, Query
from slipway.checks.settings import Settings

SCHEMA_VERSION = 39
WIDTH, HEIGHT, COLUMNS = 12, 8, 2
"""Of a panel, in units of a grid that is 24 wide."""

TARGET = "target"
"""Legend of the line that a signal is held against."""

UNITS = {
    "share, 0 to 1": "percentunit",
    "per cent": "percent",
    "seconds": "s",
    "microseconds": "µs",
    "MiB": "mbytes",
    "requests per second": "reqps",
}
"""Grafana's name for a unit, where it is no plain number."""


class DataSource(Settings):
    """Where queries go: what kube-prometheus-stack provisions under a fixed uid."""

    type: Literal["prometheus"] = "prometheus"
    uid: Literal["prometheus"] = "prometheus"


class Target(Settings):
    """One query of a panel."""

    ref_id: str
    datasource: DataSource = DataSource()
    expr: str
    legend_format: str


class Position(Settings):
    """Where a panel is, and how large."""

    x: int
    y: int
    w: int = WIDTH
    h: int = HEIGHT


class Matcher(Settings):
    """Lines with this name."""

    id: Literal["byName"] = "byName"
    options: str


class Property(Settings):
    """Something about the look of lines."""

    id: str
    value: Mapping[str, Any]


class Override(Settings):
    """How some lines differ from the others."""

    matcher: Matcher
    properties: tuple[Property, ...]


class Defaults(Settings):
    """How all lines of a panel look."""

    unit: str
    min: int = 0


class FieldConfig(Settings):
    """How the lines of a panel look."""

    defaults: Defaults
    overrides: tuple[Override, ...]


class Panel(Settings):
    """Lines over time."""

    id: int
    type: Literal["timeseries"] = "timeseries"
    title: str
    description: str
    datasource: DataSource = DataSource()
    grid_pos: Position
    field_config: FieldConfig
    targets: tuple[Target, ...]


class Choice(Settings):
    """One value of a variable."""

    text: str
    value: str
    selected: bool


class Variable(Settings):
    """What a person chooses above the panels; queries name it `$<name>`."""

    type: Literal["custom"] = "custom"
    name: str
    label: str
    query: str
    """The values, with commas between them."""
    current: Choice
    options: tuple[Choice, ...]


class Templating(Settings):
    """The variables of a dashboard."""

    list: tuple[Variable, ...]


class TimeRange(Settings):
    """The time that a dashboard shows first."""

    from_: str = Field(default="now-1h", alias="from")
    to: str = "now"


class Dashboard(Settings):
    """A page of panels."""

    uid: str
    title: str
    tags: tuple[str, ...]
    schema_version: int = SCHEMA_VERSION
    editable: bool = False
    refresh: str = "15s"
    time: TimeRange = TimeRange()
    templating: Templating
    panels: tuple[Panel, ...]

    def document(self) -> str:
        """Return what Grafana reads."""
        return self.model_dump_json(by_alias=True, indent=1)


def dashboard(uid: str, title: str, *, variable: str, values: Sequence[str], charts: Sequence[Chart]) -> Dashboard:
    """Return a dashboard of charts, two in a row.

    Args:
        uid: by which Grafana and its links know the dashboard.
        variable: its one variable.
        values: those of the variable; the first is chosen.
    """
    choices = tuple(Choice(text=value, value=value, selected=value == values[0]) for value in values)
    chosen = Variable(
        name=variable, label=variable.capitalize(), query=",".join(values), current=choices[0], options=choices
    )
    return Dashboard(
        uid=uid,
        title=title,
        tags=("slipway",),
        templating=Templating(list=(chosen,)),
        panels=tuple(_panel(number, chart) for number, chart in enumerate(charts)),
    )


def _panel(number: int, chart: Chart) -> Panel:
    overrides = (_TARGET_LINE,) if any(query.legend == TARGET for query in chart.queries) else ()
    return Panel(
        id=number + 1,
        title=chart.title,
        description=", ".join(chart.series),
        grid_pos=Position(x=number % COLUMNS * WIDTH, y=number // COLUMNS * HEIGHT),
        field_config=FieldConfig(defaults=Defaults(unit=UNITS.get(chart.unit, "short")), overrides=overrides),
        targets=tuple(_target(chr(ord("A") + place), query) for place, query in enumerate(chart.queries)),
    )


def _target(ref_id: str, query: Query) -> Target:
    return Target(ref_id=ref_id, expr=query.expression, legend_format=query.legend)


_TARGET_LINE = Override(
    matcher=Matcher(options=TARGET),
    properties=(
        Property(id="custom.lineStyle", value={"fill": "dash", "dash": [10, 10]}),
        Property(id="color", value={"mode": "fixed", "fixedColor": "red"}),
    ),
)
