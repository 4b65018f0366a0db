"""A double of Google's custom metrics adapter: custom.metrics.k8s.io and external.metrics.k8s.io from a Prometheus.

It follows GoogleCloudPlatform/k8s-stackdriver (custom-metrics-stackdriver-adapter, pkg/adapter) with its new resource
model: a metric's name holds `prometheus.googleapis.com`, the series and its type between bars; a gauge is its newest
value of the last five minutes, a counter its rate over one, a distribution is refused; the pods come from the API
server. Series of nodes and reducers are not played. Discovery names no custom metric; the real one names one at most.
"""

import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2

from rehearsal.client import ApiError, Client, Json
from rehearsal.clock import Clock
from rehearsal.listener import Answer
from rehearsal.metrics.managed_collection import Cluster
from rehearsal.metrics.prometheus import PrometheusError, Sample, SeriesSource, matcher, milliseconds
from slipway.catalog.stackdriver_adapter import RATE_SECONDS, WINDOW_SECONDS

CUSTOM, EXTERNAL = "custom.metrics.k8s.io", "external.metrics.k8s.io"
VERSIONS = {CUSTOM: ("v1beta2", "v1beta1"), EXTERNAL: ("v1beta1",)}

_NAME = re.compile(r"prometheus\.googleapis\.com/(?P<series>[^/]+)/(?P<kind>[a-z]+)")
_OF_PODS = re.compile(
    rf"/apis/{CUSTOM}/(?P<version>\w+)/namespaces/(?P<namespace>[^/]+)/pods/(?P<pod>[^/]+)/(?P<metric>.+)"
)
_OF_EXTERNAL = re.compile(rf"/apis/{EXTERNAL}/v1beta1/namespaces/[^/]+/(?P<metric>.+)")
_REQUIREMENT = re.compile(r"(?P<label>[\w.]+)\s*(?P<operator>==?|!=|\bin\b|\bnotin\b)\s*(?P<value>\([^)]*\)|[^,]*)")
_OPERATORS = {"=": "=", "==": "=", "!=": "!=", "in": "=~", "notin": "!~"}


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, reason: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer.of_json(
            {
                "kind": "Status",
                "apiVersion": "v1",
                "status": "Failure",
                "code": status,
                "reason": reason,
                "message": message,
            },
            status,
        )


class StackdriverAdapter:
    """Answers the aggregation layer's requests.

    Args:
        client: how it finds pods.
        source: where the series are.
        cluster: whose series it looks for.
        clock: compresses its windows.
    """

    def __init__(self, client: Client, source: SeriesSource, cluster: Cluster, clock: Clock) -> None:
        self._client, self._source, self._cluster, self._clock = client, source, cluster, clock
        self._kinds: dict[str, str] = {}

    def answer(self, path: str) -> Answer:
        """Answer a GET of this path and query."""
        parts = urlsplit(path)
        where, query = unquote(parts.path), dict(parse_qsl(parts.query))
        try:
            if found := _OF_PODS.fullmatch(where):
                return self._of_pods(query, **found.groupdict())
            if found := _OF_EXTERNAL.fullmatch(where):
                return self._of_external(query, found["metric"])
            return _discovery(where)
        except _RefusedError as refused:
            return refused.answer
        except (PrometheusError, ApiError, httpx2.TransportError) as error:
            return _RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", str(error)).answer

    def _of_pods(self, query: Mapping[str, str], version: str, namespace: str, pod: str, metric: str) -> Answer:
        pods = self._client.list("v1", "Pod", namespace=namespace, labels=query.get("labelSelector", ""))
        names = [each["metadata"]["name"] for each in pods if pod in ("*", each["metadata"]["name"])]
        if not names and pod != "*":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "NotFound", f'pods "{pod}" not found')
        selector = _matchers(query.get("metricLabelSelector", ""), {"metric.labels"})
        where = [matcher({**self._cluster.labels, "namespace": namespace}), f'pod=~"{"|".join(names)}"', *selector]
        thousandths: dict[str, int] = {}
        for sample in self._newest(metric, ",".join(where)) if names else ():
            name = sample.labels["pod"]
            thousandths[name] = thousandths.get(name, 0) + int(sample.value * 1000)
        if not thousandths and pod != "*":
            message = f'the server could not find the metric "{metric}" for pods "{pod}"'
            raise _RefusedError(HTTPStatus.NOT_FOUND, "NotFound", message)
        items = [
            {
                "describedObject": {"kind": "Pod", "namespace": namespace, "name": name, "apiVersion": "/v1"},
                **({"metric": {"name": metric}} if version == "v1beta2" else {"metricName": metric}),
                "timestamp": _now(),
                "value": quantity(thousandths[name]),
            }
            for name in names
            if name in thousandths
        ]
        return Answer.of_json(_list("MetricValueList", f"{CUSTOM}/{version}", items))

    def _of_external(self, query: Mapping[str, str], metric: str) -> Answer:
        where = _matchers(query.get("labelSelector", ""), {"metric.labels", "resource.labels"})
        items = [
            {
                "metricName": metric,
                "metricLabels": {f"metric.labels.{name}": value for name, value in sample.labels.items()},
                "timestamp": _now(),
                "value": quantity(int(sample.value * 1000)),
            }
            for sample in self._newest(metric, ",".join(where))
        ]
        return Answer.of_json(_list("ExternalMetricValueList", f"{EXTERNAL}/v1beta1", items))

    def _newest(self, metric: str, where: str) -> list[Sample]:
        series, kind = self._known(metric.replace("|", "/"))
        if kind in ("histogram", "summary"):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "BadRequest", "distributions are not supported")
        name = matcher({"__name__": series})
        selector = "{" + ",".join(filter(None, [name, where])) + "}"
        if kind == "counter":
            window = milliseconds(self._clock.compressed(RATE_SECONDS))
            return self._source.query(f"rate({selector}[{window}]) / {self._clock.speed:g}")
        return self._source.query(f"last_over_time({selector}[{milliseconds(self._clock.compressed(WINDOW_SECONDS))}])")

    def _known(self, metric: str) -> tuple[str, str]:
        """Return series and type of a metric that was written at least once under this name."""
        found = _NAME.fullmatch(metric)
        if found:
            series, kind = found["series"], found["kind"]
            if (written := self._source.kind(series)) is not None:
                self._kinds[series] = written
            if self._kinds.get(series) == kind:
                return series, kind
        message = f'the server could not find the descriptor for metric "{metric}"'
        raise _RefusedError(HTTPStatus.NOT_FOUND, "NotFound", message)


def quantity(thousandths: int) -> str:
    """Return a Kubernetes quantity."""
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)


def _matchers(selector: str, prefixes: set[str]) -> list[str]:
    """Return the PromQL matchers of a selector over `metric.labels.…` or `resource.labels.…`."""
    matchers: list[str] = []
    for found in _REQUIREMENT.finditer(selector):
        prefix, _, label = found["label"].rpartition(".")
        if prefix not in prefixes:
            message = f'Metric label: "{found["label"]}" is not allowed'
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "BadRequest", message)
        value = "|".join(each.strip() for each in found["value"].strip("()").split(","))
        matchers.append(f'{label}{_OPERATORS[found["operator"]]}"{value}"')
    return matchers


def _discovery(path: str) -> Answer:
    groups = {group: _group(group, versions) for group, versions in VERSIONS.items()}
    pages: dict[str, Any] = {
        "/healthz": "ok",
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": list(groups.values())},
        **{f"/apis/{name}": group for name, group in groups.items()},
        **{
            f"/apis/{group}/{version}": _resources(group, version)
            for group, versions in VERSIONS.items()
            for version in versions
        },
    }
    if path not in pages:
        raise _RefusedError(HTTPStatus.NOT_FOUND, "NotFound", "the server could not find the requested resource")
    return Answer.of_json(pages[path])


def _group(group: str, versions: tuple[str, ...]) -> Json:
    listed = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"kind": "APIGroup", "apiVersion": "v1", "name": group, "versions": listed, "preferredVersion": listed[0]}


def _resources(group: str, version: str) -> Json:
    external = {"name": "externalmetrics", "singularName": "", "namespaced": True, "verbs": ["get"]}
    resources = [{**external, "kind": "ExternalMetricValueList"}] if group == EXTERNAL else []
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/{version}", "resources": resources}


def _list(kind: str, api_version: str, items: list[Any]) -> Json:
    return {"kind": kind, "apiVersion": api_version, "metadata": {}, "items": items}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
