"""Answers of the adapter's double, as the aggregation layer would ask for them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

import pytest

from rehearsal.client import Client
from rehearsal.clock import Clock
from rehearsal.metrics.managed_collection import Cluster
from rehearsal.metrics.prometheus import PrometheusError, Sample
from rehearsal.metrics.stackdriver_adapter import StackdriverAdapter, quantity

CLUSTER = Cluster(project="my-project", location="us-east5-a", name="my-cluster")
WAITING = "prometheus.googleapis.com|vllm:num_requests_waiting|gauge"


class Pods:
    """An API server that has these pods, in one namespace."""

    def list(self, api_version: str, kind: str, *, namespace: str, labels: str) -> Sequence[Mapping[str, Any]]:
        assert (api_version, kind) == ("v1", "Pod")
        if namespace != "vllm" or labels not in ("", "app=llama"):
            return []
        return [{"metadata": {"name": name, "namespace": "vllm"}} for name in ("llama-a", "llama-b")]


@dataclass
class Series:
    """A Prometheus that has these samples and types, and keeps what it was asked."""

    samples: Sequence[Sample] = ()
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    asked: list[str] = field(default_factory=list[str])
    alive: bool = True

    def query(self, expression: str) -> list[Sample]:
        self.asked.append(expression)
        return list(self.samples)

    def kind(self, series: str) -> str | None:
        if not self.alive:
            raise PrometheusError("Prometheus does not answer")
        return self.kinds.get(series)


KINDS = {"vllm:num_requests_waiting": "gauge", "vllm:generation_tokens_total": "counter", "vllm:ttft": "histogram"}


def sample(pod: str, value: float) -> Sample:
    return Sample({"pod": pod, "namespace": "vllm"}, value)


def adapter(series: Series, speed: float = 1) -> StackdriverAdapter:
    return StackdriverAdapter(cast(Client, Pods()), series, CLUSTER, Clock(speed))


def path(metric: str, pod: str = "*", version: str = "v1beta2", namespace: str = "vllm", **query: str) -> str:
    parameters = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    where = f"/apis/custom.metrics.k8s.io/{version}/namespaces/{namespace}/pods/{quote(pod)}"
    return f"{where}/{quote(metric, safe='')}?{parameters}"


def asked(series: Series, where: str, speed: float = 1) -> tuple[int, Any]:
    answer = adapter(series, speed).answer(where)
    return answer.status, json.loads(answer.body)


def test_a_gauge_is_each_pods_newest_value_of_five_minutes() -> None:
    series = Series([sample("llama-a", 34.972), sample("llama-b", 5)], KINDS)
    status, found = asked(series, path(WAITING, labelSelector="app=llama"))
    assert status == 200
    assert (found["kind"], found["apiVersion"]) == ("MetricValueList", "custom.metrics.k8s.io/v1beta2")
    assert {each["describedObject"]["name"]: each["value"] for each in found["items"]} == {
        "llama-a": "34972m",
        "llama-b": "5",
    }
    assert {each["metric"]["name"] for each in found["items"]} == {WAITING}
    [expression] = series.asked
    assert re.fullmatch(r"last_over_time\(\{.*\}\[300000ms\]\)", expression)
    for matcher in ('project_id="my-project"', 'cluster="my-cluster"', 'namespace="vllm"', 'pod=~"llama-a|llama-b"'):
        assert matcher in expression


def test_windows_are_compressed_and_a_rate_is_one_of_the_clusters_time() -> None:
    series = Series([sample("llama-a", 2000)], KINDS)
    status, found = asked(series, path("prometheus.googleapis.com|vllm:generation_tokens_total|counter"), speed=30)
    assert (status, found["items"][0]["value"]) == (200, "2000")
    assert series.asked[0].startswith("rate({")
    assert series.asked[0].endswith("[2000ms]) / 30")


def test_the_older_version_names_the_metric_in_its_own_way() -> None:
    _, found = asked(Series([sample("llama-a", 1)], KINDS), path(WAITING, version="v1beta1"))
    assert found["items"][0]["metricName"] == WAITING


def test_several_series_of_a_pod_are_added_up() -> None:
    _, found = asked(Series([sample("llama-a", 1), sample("llama-a", 2.5)], KINDS), path(WAITING))
    assert [each["value"] for each in found["items"]] == ["3500m"]


def test_pods_without_the_metric_are_left_out() -> None:
    _, found = asked(Series([], KINDS), path(WAITING))
    assert found["items"] == []


@pytest.mark.parametrize(
    ("metric", "status", "message"),
    [
        ("prometheus.googleapis.com|vllm:num_requests_waitin|gauge", 404, "could not find the descriptor"),
        ("prometheus.googleapis.com|vllm:num_requests_waiting|counter", 404, "vllm:num_requests_waiting/counter"),
        ("vllm:num_requests_waiting", 404, "could not find the descriptor"),
        ("prometheus.googleapis.com|vllm:ttft|histogram", 400, "distributions are not supported"),
    ],
)
def test_what_cloud_monitoring_does_not_have_under_this_name_is_an_error(
    metric: str, status: int, message: str
) -> None:
    code, found = asked(Series([sample("llama-a", 1)], KINDS), path(metric))
    assert (code, found["kind"]) == (status, "Status")
    assert message in found["message"]


def test_a_metric_stays_known_when_its_pods_have_gone() -> None:
    series = Series([], dict(KINDS))
    double = adapter(series)
    assert double.answer(path(WAITING)).status == 200
    series.kinds = {}
    assert double.answer(path(WAITING)).status == 200


def test_one_pod_can_be_asked_for_and_must_exist() -> None:
    assert asked(Series([sample("llama-a", 1)], KINDS), path(WAITING, pod="llama-a"))[0] == 200
    assert asked(Series([], KINDS), path(WAITING, pod="llama-a"))[0] == 404
    assert asked(Series([], KINDS), path(WAITING, pod="nobody"))[0] == 404


def test_labels_of_the_metric_can_be_selected() -> None:
    series = Series([sample("llama-a", 1)], KINDS)
    selector = "metric.labels.model_name=llama,metric.labels.engine in (0, 1)"
    assert asked(series, path(WAITING, metricLabelSelector=selector))[0] == 200
    assert 'model_name="llama"' in series.asked[0]
    assert 'engine=~"0|1"' in series.asked[0]
    status, found = asked(series, path(WAITING, metricLabelSelector="resource.labels.cluster=x"))
    assert (status, found["message"]) == (400, 'Metric label: "resource.labels.cluster" is not allowed')


def test_external_metrics_are_series_of_any_pod() -> None:
    series = Series([sample("llama-a", 1.5)], KINDS)
    where = f"/apis/external.metrics.k8s.io/v1beta1/namespaces/vllm/{quote(WAITING, safe='')}"
    status, found = asked(series, f"{where}?labelSelector={quote('resource.labels.namespace=vllm')}")
    assert (status, found["kind"]) == (200, "ExternalMetricValueList")
    assert [each["value"] for each in found["items"]] == ["1500m"]
    assert 'namespace="vllm"' in series.asked[0]


def test_without_a_prometheus_the_answer_is_an_error_of_its_own() -> None:
    status, found = asked(Series(alive=False), path(WAITING))
    assert (status, found["message"]) == (500, "Prometheus does not answer")


def test_discovery_shows_both_groups() -> None:
    double = adapter(Series())
    groups = json.loads(double.answer("/apis").body)["groups"]
    assert [group["name"] for group in groups] == ["custom.metrics.k8s.io", "external.metrics.k8s.io"]
    assert [group["preferredVersion"]["version"] for group in groups] == ["v1beta2", "v1beta1"]
    for where in (
        "/healthz",
        "/apis/custom.metrics.k8s.io",
        "/apis/custom.metrics.k8s.io/v1beta1",
        "/apis/custom.metrics.k8s.io/v1beta2?timeout=32s",
        "/apis/external.metrics.k8s.io/v1beta1",
    ):
        assert double.answer(where).status == 200, where
    assert double.answer("/openapi/v2").status == 404


@pytest.mark.parametrize(("thousandths", "text"), [(0, "0"), (5000, "5"), (34972, "34972m"), (208, "208m")])
def test_quantities_are_whole_where_they_can_be(thousandths: int, text: str) -> None:
    assert quantity(thousandths) == text
