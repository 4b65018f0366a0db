"""Dashboards as Grafana would read them, and the series that they name."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast, get_args

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard as GrafanaDashboard

from slipway.addons.alerts import alert_group
from slipway.addons.dashboards.charts import charted, engine_charts
from slipway.addons.dashboards.servers import dashboards
from slipway.addons.observed import ObservedServer
from slipway.catalog.engines import ENGINES, NIM, TRITON, VLLM, Engine, Mode, Quantity, Series
from slipway.checks.signals import Query
from slipway.checks.signals.promql import read
from slipway.checks.signals.queries import ADDED_BY_A_SCRAPE
from slipway.serving.recording_rules import RECORDED, expressions
from tests.components.addons.exporters import DCGM, KUBE_STATE_METRICS
from tests.components.servers import SERVERS

VERSIONS = {
    "vllm": ("v0.9.2", "v0.11.2", "v0.27.0", "v0.32.0"),
    "nim": ("1.0.3", "1.15.5", "2.0.13"),
    "triton": ("26.07", "26.09"),
    "trtllm-serve": ("1.2.1", "1.3.0rc24"),
    "sglang": ("v0.5.23",),
}
MODES: tuple[Mode, ...] = ("synchronous", "ensemble", "decoupled", "vllm", "tensorrtllm")
ONLY: Mode = ""
EVERY: list[tuple[Engine, str, Mode]] = [
    *((engine, version, ONLY) for engine in ENGINES.values() for version in VERSIONS[engine.name]),
    *((TRITON, version, mode) for version in VERSIONS["triton"] for mode in MODES),
]
CLUSTER = {series.name: series for series in (*KUBE_STATE_METRICS, *DCGM, *RECORDED)}


def documents(*servers: ObservedServer) -> list[dict[str, Any]]:
    return [json.loads(dashboard.document()) for dashboard in dashboards(servers)]


def queries(document: dict[str, Any]) -> list[str]:
    return [
        target["expr"].replace("$__rate_interval", "60s").replace("$server", "llama")
        for panel in document["panels"]
        for target in panel["targets"]
    ]


def unknown(query: Query, engine: Engine, version: str) -> list[str]:
    """Return the series and labels of a query that neither the engine nor an exporter of the cluster has."""
    wrong: list[str] = []
    for term in query.terms:
        series: Series | None = engine.exported(term.series, version) or CLUSTER.get(term.series)
        if series is None:
            wrong.append(term.series)
        else:
            wrong += [f"{term.series}: {label}" for label in term.matchers.keys() - series.labels - ADDED_BY_A_SCRAPE]
    return wrong


@pytest.mark.parametrize("name", SERVERS)
def test_grafana_itself_knows_every_key(name: str) -> None:
    """What its own model does not know, it drops."""
    register_default_plugins()
    for document in documents(SERVERS[name]):
        read_back = json.loads(JSONEncoder().encode(GrafanaDashboard.from_json(document)))
        assert contained(document, read_back) == []


def test_a_key_that_grafana_does_not_know_is_found() -> None:
    register_default_plugins()
    [document] = documents(SERVERS["vllm"])
    document["panels"][0]["fieldConfig"]["defaults"]["units"] = "s"
    read_back = json.loads(JSONEncoder().encode(GrafanaDashboard.from_json(document)))
    assert contained(document, read_back) == [".panels.0.fieldConfig.defaults.units"]


def contained(part: object, whole: object, path: str = "") -> list[str]:
    """Return the paths where `whole` has not what `part` has."""
    parts, found = items(part), items(whole)
    if not parts or len(parts) > len(found):
        return [] if part == whole else [path]
    return [wrong for key, value in parts.items() for wrong in contained(value, found.get(key), f"{path}.{key}")]


def items(value: object) -> Mapping[str | int, object]:
    """Return the parts of a map or a list by their keys or places; a leaf has none."""
    if isinstance(value, list):
        return dict(enumerate(cast("list[object]", value)))
    return cast("Mapping[str | int, object]", value) if isinstance(value, dict) else {}


@pytest.mark.parametrize("name", SERVERS)
def test_every_query_of_a_dashboard_or_an_alert_names_series_that_are_there(name: str) -> None:
    server = SERVERS[name]
    expressions_of = [query for document in documents(server) for query in queries(document)]
    expressions_of += [rule.expr for rule in alert_group(server).rules]
    wrong = [unknown(read(each), server.export.engine, server.export.version) for each in expressions_of]
    assert wrong == [[]] * len(expressions_of)


def test_every_recording_rule_names_series_that_triton_has() -> None:
    assert [unknown(read(each), TRITON, "26.07") for each in expressions(15).values()] == [[]] * 5


def test_the_catalog_lists_no_series_of_exporters_that_nobody_asks_for() -> None:
    asked = [query for server in SERVERS.values() for document in documents(server) for query in queries(document)]
    asked += [rule.expr for server in SERVERS.values() for rule in alert_group(server).rules]
    used = {term.series for each in asked for term in read(each).terms}
    assert {series.name for series in (*KUBE_STATE_METRICS, *DCGM)} <= used


def test_an_unknown_series_or_label_is_found() -> None:
    assert unknown(read("max(vllm:gpu_cache_usage_perc)"), VLLM, "v0.27.0") == ["vllm:gpu_cache_usage_perc"]
    wrong = read('kube_pod_status_unschedulable{deployment="a"}')
    assert unknown(wrong, VLLM, "v0.27.0") == ["kube_pod_status_unschedulable: deployment"]


@pytest.mark.parametrize(("engine", "version", "mode"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_every_version_of_every_engine_has_charts_with_titles_of_their_own(
    engine: Engine, version: str, mode: Mode
) -> None:
    charts = engine_charts(engine, version, mode=mode, select=lambda name: name, window="1m")
    titles = [chart.title for chart in charts]
    assert len(titles) >= 2
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert {name for chart in charts for name in chart.series} == {
        series.name for series in charted(engine, version, mode)
    }


def test_every_quantity_is_that_of_a_series() -> None:
    shown = {series.shows for engine in ENGINES.values() for series in engine.exports}
    assert {*get_args(Quantity)} == shown | {series.shows for series in RECORDED}


@pytest.mark.parametrize("engine", [VLLM, NIM], ids=lambda engine: engine.name)
def test_versions_show_the_same_under_the_names_that_each_has(engine: Engine) -> None:
    titles = [
        [chart.title for chart in engine_charts(engine, version, select=lambda name: name, window="1m")]
        for version in VERSIONS[engine.name]
    ]
    assert all(set(before) <= set(after) for before, after in pairwise(titles))
    assert "Time between tokens" in titles[0]


@pytest.mark.parametrize("mode", ["decoupled", "vllm", "tensorrtllm"])
def test_a_series_that_says_nothing_in_a_mode_is_not_shown(mode: Mode) -> None:
    shown = {series.name for series in charted(TRITON, "26.07", mode)}
    assert not shown & {"triton:queue_compute:ratio", "nv_inference_pending_request_count"}
    assert "triton:queue_compute:ratio" in {series.name for series in charted(TRITON, "26.07", "ensemble")}


def named(server: ObservedServer, name: str) -> ObservedServer:
    export = server.export
    return replace(server, export=replace(export, workload=replace(export.workload, name=name)))


def test_there_is_a_dashboard_for_each_engine_with_its_servers_to_choose_from() -> None:
    found = documents(SERVERS["nim 1"], named(SERVERS["nim 2"], "mist"), SERVERS["vllm"])
    assert [each["templating"]["list"][0]["query"] for each in found] == ["llama,mist", "llama"]
    assert [each["uid"] for each in found] == ["nim-serving", "vllm-serving"]


def test_a_dashboard_shows_the_series_of_every_version_that_a_server_has() -> None:
    [both] = documents(SERVERS["nim 1"], named(SERVERS["nim 2"], "mist"))
    [old], [new] = documents(SERVERS["nim 1"]), documents(SERVERS["nim 2"])
    assert [panel["title"] for panel in both["panels"]] == [panel["title"] for panel in new["panels"]]
    assert set(queries(both)) >= {each for one in (old, new) for each in queries(one) if "spec_target" not in each}
    [cache] = [panel for panel in both["panels"] if panel["title"] == "KV cache in use"]
    assert cache["description"] == "gpu_cache_usage_perc, vllm:kv_cache_usage_perc"
    assert len({target["refId"] for target in cache["targets"]}) == len(cache["targets"])


@pytest.mark.parametrize("name", SERVERS)
def test_the_uid_of_a_dashboard_is_one_that_grafana_takes(name: str) -> None:
    [document] = documents(SERVERS[name])
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]", document["uid"])


def test_only_the_signal_that_is_followed_has_a_target() -> None:
    [document] = documents(SERVERS["nim 2"])
    held = {
        panel["title"]
        for panel in document["panels"]
        for target in panel["targets"]
        if target["legendFormat"] == "target"
    }
    assert held == {"KV cache in use"}


@pytest.mark.parametrize("name", SERVERS)
def test_panels_do_not_overlap(name: str) -> None:
    [document] = documents(SERVERS[name])
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in document["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in document["panels"]}) == len(document["panels"])
