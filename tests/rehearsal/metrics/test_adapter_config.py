"""The configuration of prometheus-adapter; that the real one runs with it is shown in the story of eks-nim."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording
from rehearsal import releases
from rehearsal.clock import Clock
from rehearsal.metrics import adapter_config
from rehearsal.metrics.prometheus_adapter import leads
from rehearsal.releases import Release

RULE = {
    "seriesQuery": '{__name__="vllm:num_requests_waiting"}',
    "resources": {"template": "<<.Resource>>"},
    "name": {"matches": "^vllm:(.*)$", "as": "$1"},
    "metricsQuery": "sum(rate(<<.Series>>{<<.LabelMatchers>>}[1m])) by (<<.GroupBy>>)",
}


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        (
            "max(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
            "max by (<<.GroupBy>>) (<<.Series>>{<<.LabelMatchers>>})",
        ),
        (
            "sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)",
            "sum by (<<.GroupBy>>) ((rate(<<.Series>>{<<.LabelMatchers>>}[4s]) / 30))",
        ),
        ('x{pod=~"<<index .LabelValuesByName "pod">>"}', 'x{pod=~"<<index .LabelValuesByName "pod">>"}'),
    ],
)
def test_a_query_is_compressed_and_its_placeholders_stay(template: str, wanted: str) -> None:
    assert adapter_config.compressed_template(template, Clock(30)) == wanted


def test_the_charts_own_rules_are_there_unless_values_say_otherwise() -> None:
    own = len(adapter_config.DEFAULT_RULES)
    assert len(adapter_config.rules({})) == own
    assert len(adapter_config.rules({"rules": {"custom": [RULE]}})) == own + 1
    assert adapter_config.rules({"rules": {"default": False, "custom": [RULE]}}) == [RULE]


def test_external_rules_are_a_part_of_their_own() -> None:
    values = {"rules": {"default": False, "custom": [RULE], "external": [RULE, RULE]}}
    made = adapter_config.config(values, Clock(60))
    assert (len(made["rules"]), len(made["externalRules"])) == (1, 2)
    assert "[1s]" in made["externalRules"][1]["metricsQuery"]
    assert "externalRules" not in adapter_config.config({"rules": {"custom": [RULE]}}, Clock(60))


@pytest.mark.parametrize(
    ("name", "series", "metrics"),
    [
        ({"as": "own"}, "x", {"own"}),
        ({}, "x", {"x"}),
        ({"matches": "^(.*)_total$"}, "tokens_total", {"tokens"}),
        ({"matches": "^(?P<word>a.)_(.*)$", "as": "${2}_${word}"}, "ab_c", {"c_ab"}),
        ({"matches": "^(.*)_total$", "as": "$1_per_second"}, "gauge", set[str]()),
    ],
)
def test_a_rule_names_its_metrics_as_the_adapter_does(name: Mapping[str, str], series: str, metrics: set[str]) -> None:
    assert adapter_config.metric_names({"name": name}, [series]).keys() == metrics


def test_filters_keep_series_from_a_rule() -> None:
    rule: dict[str, Any] = {"seriesFilters": [{"isNot": "_total$"}, {"is": "^vllm:"}]}
    series = ["vllm:waiting", "vllm:tokens_total", "up"]
    assert adapter_config.metric_names(rule, series) == {"vllm:waiting": "vllm:waiting"}


def test_each_rule_of_each_stack_can_be_compressed(recordings: Mapping[str, Recording]) -> None:
    found = [release for each in recordings.values() if (release := releases.release(each, "prometheus-adapter"))]
    assert found
    for release in found:
        made = adapter_config.config(release.values, Clock(30))
        assert all(re.search(r"<<\.Series>>", rule["metricsQuery"]) for rule in made["rules"])


PROMETHEUS = releases.prometheus(Release("kps", "watch", releases.PROMETHEUS_STACK, {"fullnameOverride": "main"}))


@pytest.mark.parametrize(
    ("stated", "reached"),
    [
        ({"url": "http://main-prometheus.watch.svc", "port": 9090}, True),
        ({"url": "http://main-prometheus.watch.svc.cluster.local:9090", "port": 0}, True),
        ({"url": "http://prometheus-operated.watch"}, True),
        ({"url": "http://main-prometheus"}, True),
        ({}, False),
        ({"url": "http://main-prometheus.other.svc"}, False),
        ({"url": "http://main-prometheus.watch.svc", "port": 80}, False),
        ({"url": "http://main-prometheus.watch.svc", "path": "/metrics"}, False),
        ({"url": "http://kps-kube-prometheus-stack-prometheus.watch.svc"}, False),
    ],
)
def test_the_adapters_url_leads_to_the_stacks_prometheus_or_nowhere(stated: dict[str, Any], reached: bool) -> None:
    adapter = Release("adapter", "watch", releases.PROMETHEUS_ADAPTER, {"prometheus": stated})
    assert leads(adapter, PROMETHEUS) is reached
