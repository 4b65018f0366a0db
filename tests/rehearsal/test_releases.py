"""The objects of charts that a rehearsal needs, as the charts would make them of a release's values."""

from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording
from rehearsal import releases, stack
from rehearsal.releases import Release


def stack_release(prometheus: Mapping[str, Any] | None = None, **values: Any) -> Release:
    spec = {"prometheus": {"prometheusSpec": dict(prometheus or {})}}
    return Release("kps", "watch", releases.PROMETHEUS_STACK, {**spec, **values})


def adapter_release(rules: Mapping[str, Any], **values: Any) -> Release:
    return Release("adapter", "watch", releases.PROMETHEUS_ADAPTER, {"rules": rules, **values})


def test_objects_are_read_by_the_releases_label_unless_values_say_otherwise() -> None:
    spec = releases.prometheus(stack_release())["spec"]
    assert spec["podMonitorSelector"] == spec["ruleSelector"] == {"matchLabels": {"release": "kps"}}
    assert spec["podMonitorNamespaceSelector"] == {}
    assert (
        releases.prometheus(stack_release({"podMonitorSelectorNilUsesHelmValues": False}))["spec"]["podMonitorSelector"]
        == {}
    )
    own = {"matchLabels": {"team": "ml"}}
    assert releases.prometheus(stack_release({"podMonitorSelector": own}))["spec"]["podMonitorSelector"] == own


def test_intervals_are_passed_on_and_nothing_about_pods_is() -> None:
    intervals = {"scrapeInterval": "15s", "evaluationInterval": "20s"}
    values: dict[str, Any] = {**intervals, "retention": "7d", "resources": {"limits": {}}}
    spec = releases.prometheus(stack_release(values))["spec"]
    assert (spec["scrapeInterval"], spec["evaluationInterval"], spec["replicas"]) == ("15s", "20s", 0)
    assert not {"retention", "resources"} & spec.keys()


@pytest.mark.parametrize(
    ("values", "name"),
    [({}, "kps-kube-prometheus-stack-prometheus"), ({"fullnameOverride": "monitoring"}, "monitoring-prometheus")],
)
def test_the_prometheus_object_is_named_as_the_chart_names_it(values: Mapping[str, Any], name: str) -> None:
    assert releases.prometheus(stack_release(**values))["metadata"] == {"name": name, "namespace": "watch"}


RULES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["v1beta1.custom.metrics.k8s.io"]),
    ({"default": False}, []),
    ({"default": False, "custom": [{}]}, ["v1beta1.custom.metrics.k8s.io"]),
    ({"external": [{}]}, ["v1beta1.custom.metrics.k8s.io", "v1beta1.external.metrics.k8s.io"]),
]


@pytest.mark.parametrize(("rules", "apis"), RULES)
def test_the_adapters_chart_makes_an_api_service_for_each_kind_of_rules(
    rules: Mapping[str, Any], apis: list[str]
) -> None:
    service, *found = releases.objects(adapter_release(rules))
    assert [each["metadata"]["name"] for each in found] == apis
    for each in found:
        assert each["spec"]["service"] == {key: service["metadata"][key] for key in ("name", "namespace")}


def test_a_releases_objects_stand_where_the_release_stands(recordings: Mapping[str, Recording]) -> None:
    order = [(each["kind"], each["metadata"]["name"]) for each in stack.read(recordings["eks-nim"]).manifests]

    def place(kind: str, name: str) -> int:
        return order.index((kind, name))

    api = place("APIService", "v1beta1.custom.metrics.k8s.io")
    assert place("Namespace", "monitoring") < place("Prometheus", "monitoring-prometheus") < api
    assert api < place("HorizontalPodAutoscaler", "llama")


def test_other_charts_give_no_objects() -> None:
    assert releases.objects(Release("x", "y", "grafana", {})) == []
