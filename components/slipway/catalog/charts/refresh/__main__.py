"""Write down which values a chart reads, after a change of its pin:

    helm pull <chart> --repo <repository> --version <pin> --untar
    python -m slipway.catalog.charts.refresh <unpacked chart> --version <pin> --source <where it was had from>

The chart has its sub-charts in `charts/`, as Helm packs it; what one that is missing would read stays open.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from slipway.catalog.charts import ANY_KEY, Key, Kind, file_of, lines
from slipway.catalog.charts.refresh.reader import Reader
from slipway.catalog.charts.refresh.templates import Action, parse
from slipway.catalog.charts.refresh.values import Asked

NOTES = "NOTES.txt"
"""A template for people, of which nothing is installed."""

GLOBAL = "global"
"""The key that a chart shares with its sub-charts."""

_KINDS: Mapping[type, Kind] = {bool: "bool", int: "int", float: "float", str: "string", list: "[]", dict: "{}"}


def main() -> None:
    """Read the chart and write its file."""
    parser = argparse.ArgumentParser(prog="python -m slipway.catalog.charts.refresh", description=__doc__)
    parser.add_argument("chart", type=Path, help="folder of the unpacked chart")
    parser.add_argument("--version", required=True, help="of the chart, as it is pinned")
    parser.add_argument("--source", required=True, help="repository and commit, or chart repository")
    arguments = parser.parse_args()
    name = yaml.safe_load((arguments.chart / "Chart.yaml").read_text())["name"]
    asked, defaults, missing = read(arguments.chart)
    head = [f"# {name} {arguments.version}", f"# from {arguments.source}"]
    head += [f"# {chart} could not be had: what it reads is open" for chart in missing]
    file_of(name).write_text("\n".join([*head, *lines(known(asked, defaults))]) + "\n", encoding="utf-8")


def read(chart: Path) -> tuple[Asked, Mapping[str, Any], list[str]]:
    """Return what a chart and its sub-charts ask for, their defaults, and the sub-charts that are missing."""
    asked = Asked()
    defined: dict[str, Sequence[Action]] = {}
    files: list[tuple[tuple[Action, ...], Asked]] = []
    missing: list[str] = []
    for folder, values in _charts(chart, asked):
        if not folder.exists():
            values.open = True
            missing.append(folder.name)
        for path in sorted((folder / "templates").rglob("*")):
            if path.is_file() and path.name != NOTES:
                actions = parse(path.read_text(encoding="utf-8"))
                defined |= dict(_definitions(actions))
                files.append((actions, values))
    reader = Reader(defined)
    for actions, values in files:
        reader.run(actions, values)
    for _, values in files:
        if values is not asked:
            values.keys[GLOBAL] = Asked(varied=True)
    return asked, _defaults(chart), missing


def known(asked: Asked, default: object) -> Key:
    """Return what is known of a value from how it is asked for, and from what it is by default."""
    kind: Kind = "any" if asked.varied else _KINDS.get(type(default), "any")
    if kind not in ("{}", "any") or asked.varied:
        return Key(kind)
    defaults = cast("Mapping[str, object]", default if isinstance(default, Mapping) else {})
    names = {*asked.keys, *(name for name in defaults if asked.open and name.isidentifier())}
    if names == {ANY_KEY} and kind == "any":
        return Key("any")
    each = asked.keys.get(ANY_KEY)
    below = {name: known(_both(asked.keys.get(name, Asked()), each), defaults.get(name)) for name in names}
    if not asked.open and below:
        return Key("", below)
    below.pop(ANY_KEY, None)
    return Key(kind, below)


def _both(one: Asked, other: Asked | None) -> Asked:
    """Return what is asked of a key by its name, together with what is asked of every key beside it."""
    if other is None or one is other:
        return one
    keys = {
        name: _both(one.keys[name], other.keys.get(name)) if name in one.keys else other.keys[name]
        for name in one.keys | other.keys
    }
    return Asked(keys, open=one.open or other.open, varied=one.varied or other.varied)


def _charts(folder: Path, values: Asked) -> Iterator[tuple[Path, Asked]]:
    """Yield the folders of a chart and of its sub-charts, with the values of each."""
    yield folder, values
    if not folder.exists():
        return
    for part in yaml.safe_load((folder / "Chart.yaml").read_text()).get("dependencies") or ():
        for condition in filter(None, part.get("condition", "").split(",")):
            switch = values
            for name in condition.strip().split("."):
                switch = switch.key(name)
        below = values.key(part.get("alias") or part["name"])
        below.keys[GLOBAL] = values.key(GLOBAL)
        yield from _charts(folder / "charts" / part["name"], below)


def _defaults(folder: Path) -> Mapping[str, Any]:
    """Return the defaults of a chart, over those of its sub-charts."""
    if not folder.exists():
        return {}
    own: dict[str, Any] = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8")) or {}
    for part in yaml.safe_load((folder / "Chart.yaml").read_text()).get("dependencies") or ():
        name = part.get("alias") or part["name"]
        own[name] = _over(_defaults(folder / "charts" / part["name"]), own.get(name) or {})
    return own


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the defaults of a sub-chart with what its chart says of them."""
    result = dict(below)
    for name, value in above.items():
        under = result.get(name)
        both = isinstance(under, dict) and isinstance(value, dict)
        result[name] = _over(cast("dict[str, Any]", under), cast("dict[str, Any]", value)) if both else value
    return result


def _definitions(actions: Iterable[Action]) -> Iterator[tuple[str, Sequence[Action]]]:
    for action in actions:
        if action.word in ("define", "block"):
            yield action.name, action.body
        yield from _definitions([*action.body, *action.otherwise])


if __name__ == "__main__":
    main()
