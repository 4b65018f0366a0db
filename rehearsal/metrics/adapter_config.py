"""The configuration of prometheus-adapter that its chart makes of a release's values, with times compressed.

The chart's own rules are those of prometheus-community/helm-charts (prometheus-adapter 5.3.0).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.metrics.compressed_promql import compressed

NEAR = 5
"""So many series that are there a message names."""

_PLACEHOLDER = re.compile(r"<<[^>]*>>")
_NAMESPACE_AND_POD = {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}}
_ANY_RESOURCE = {"template": "<<.Resource>>"}
_CONTAINERS = '{__name__=~"^container_.*",container!="POD",namespace!="",pod!=""}'
_OTHERS = '{namespace!="",__name__!~"^container_.*"}'


def _default(query: str, name: str, filters: Iterable[str], *, rated: bool) -> Json:
    matchers = '<<.LabelMatchers>>,container!="POD"' if query == _CONTAINERS else "<<.LabelMatchers>>"
    selected = f"<<.Series>>{{{matchers}}}"
    return {
        "seriesQuery": query,
        "seriesFilters": [{"isNot": each} for each in filters],
        "resources": _NAMESPACE_AND_POD if query == _CONTAINERS else _ANY_RESOURCE,
        "name": {"matches": name, "as": ""},
        "metricsQuery": f"sum({f'rate({selected}[5m])' if rated else selected}) by (<<.GroupBy>>)",
    }


DEFAULT_RULES: Sequence[Json] = (
    _default(_CONTAINERS, "^container_(.*)_seconds_total$", [], rated=True),
    _default(_CONTAINERS, "^container_(.*)_total$", ["^container_.*_seconds_total$"], rated=True),
    _default(_CONTAINERS, "^container_(.*)$", ["^container_.*_total$"], rated=False),
    _default(_OTHERS, "", [".*_total$"], rated=False),
    _default(_OTHERS, "^(.*)_total$", [".*_seconds_total"], rated=True),
    _default(_OTHERS, "^(.*)_seconds_total$", [], rated=True),
)
"""What the chart serves unless its values say `rules.default: false`."""


def rules(values: Mapping[str, Any]) -> list[Json]:
    """Return the rules for custom metrics that a release's values make."""
    stated: Mapping[str, Any] = values.get("rules", {})
    return [*(DEFAULT_RULES if stated.get("default", True) else ()), *stated.get("custom", ())]


def config(values: Mapping[str, Any], clock: Clock) -> Json:
    """Return the content of the adapter's configuration file, with the windows of its queries compressed.

    Raises:
        ValueError: a query is no PromQL once its placeholders are filled in.
    """
    external: Sequence[Json] = values.get("rules", {}).get("external", ())
    made = {"rules": rules(values), "externalRules": external}
    return {
        kind: [{**rule, "metricsQuery": compressed_template(rule["metricsQuery"], clock)} for rule in found]
        for kind, found in made.items()
        if found
    }


def compressed_template(query: str, clock: Clock) -> str:
    """Return a query template such as `sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)` compressed.

    Raises:
        ValueError: it is no PromQL once its placeholders are filled in.
    """
    placeholders: list[str] = []

    def filled(found: re.Match[str]) -> str:
        before = query[: found.start()]
        inside = before.rfind("{") > before.rfind("}") and before[before.rfind("{") :].count('"') % 2 == 0
        placeholders.append(found[0])
        name = f"placeholder_{len(placeholders) - 1}_"
        return f'{name}="here"' if inside else name

    text = compressed(_PLACEHOLDER.sub(filled, query), clock)
    for number, placeholder in enumerate(placeholders):
        text = re.sub(rf'placeholder_{number}_(="here")?', lambda found, each=placeholder: each, text)
    return text


def metric_names(rule: Json, series: Iterable[str]) -> dict[str, str]:
    """Return the metrics that a rule makes of these series: the series by the metric's name."""
    name: Mapping[str, str] = rule.get("name") or {}
    pattern = re.compile(name.get("matches") or ".*")
    shown = name.get("as") or ("$1" if pattern.groups else "$0")
    filters: Sequence[Mapping[str, str]] = rule.get("seriesFilters") or ()
    found: dict[str, str] = {}
    for each in series:
        kept = all(bool(re.search(one.get("is") or one["isNot"], each)) == bool(one.get("is")) for one in filters)
        if kept and (matched := pattern.search(each)):
            found[re.sub(r"\$\{?(\w+)\}?", lambda group, by=matched: by[_group(group[1])] or "", shown)] = each
    return found


def named_series(query: str) -> str:
    """Return the one series that a query asks for; empty if it may be several."""
    found = re.search(r'__name__="([^"]+)"', query) or re.match(r"([\w:]+)", query)
    return found[1] if found else ""


def made(rule: Json, series: Iterable[str]) -> dict[str, str]:
    """Return what a rule makes of series, of which those count whose names its query could mean."""
    pattern = re.search(r'__name__=~"([^"]*)"', rule["seriesQuery"])
    wanted = pattern[1] if pattern else re.escape(named_series(rule["seriesQuery"])) or ".*"
    return metric_names(rule, [each for each in series if re.fullmatch(wanted, each)])


def unmatched(release: str, rules: Iterable[Json], series: Sequence[str]) -> str:
    """Say that rules for one metric make it of none of these series; empty if one does, or of the one that it names."""
    said: list[str] = []
    for rule in rules:
        query = rule["seriesQuery"]
        named = named_series(query)
        if made(rule, [named] if named else series):
            return ""
        name: Mapping[str, str] = rule.get("name") or {}
        matches = name.get("matches")
        said.append(f"the rule of {release} for {query}{f' with name.matches {matches}' if matches else ''} meets none")
    near = ", ".join(sorted(each for each in series if ":" in each)[:NEAR]) or "none"
    return f"{'; '.join(said)} of the series that are collected ({near}, …); mend its regular expression"


def _group(name: str) -> int | str:
    return int(name) if name.isdigit() else name
