"""Custom and external metrics APIs that answer by a script, and keep what each sync of an autoscaler saw."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from rehearsal.listener import NOT_FOUND, Answer
from simulate.replica_count import Pod
from tests.simulate.traces import Trace

CUSTOM, EXTERNAL = "custom.metrics.k8s.io", "external.metrics.k8s.io"
_PODS = re.compile(rf"/apis/{CUSTOM}/v1beta2/namespaces/default/pods/\*/(?P<metric>[\w-]+)")
_SHARED = re.compile(rf"/apis/{EXTERNAL}/v1beta1/namespaces/default/(?P<metric>[\w-]+)")


@dataclass(frozen=True, slots=True)
class Sync:
    """What the workload was when an autoscaler asked for its first metric, at a second of `time.monotonic`."""

    at: float
    replicas: int
    pods: tuple[Pod, ...]


class ScriptedMetrics:
    """Answers GET requests; a metric's name is `<autoscaler>-<index>`.

    Args:
        traces: what each metric of an autoscaler is.
        state: an autoscaler's workload as it is now: its replicas and its pods.
        syncs: where the syncs of each autoscaler are written, in order.
    """

    def __init__(
        self,
        traces: Mapping[str, Trace],
        state: Callable[[str], tuple[int, tuple[Pod, ...]]],
        syncs: dict[str, list[Sync]],
    ) -> None:
        self._traces, self._state, self._syncs = traces, state, syncs

    def answer(self, path: str) -> Answer:
        where = unquote(urlsplit(path).path)
        if found := _PODS.fullmatch(where):
            return self._of(found["metric"], self._list_of_pods)
        if found := _SHARED.fullmatch(where):
            return self._of(found["metric"], self._list_of_one)
        return _discovery(where)

    def _of(self, metric: str, listed: Callable[[str, Any], Answer]) -> Answer:
        name, _, index = metric.rpartition("-")
        if index == "0":
            self._syncs.setdefault(name, []).append(Sync(time.monotonic(), *self._state(name)))
        seen = self._syncs[name]
        value = self._traces[name].value(len(seen) - 1, int(index), seen[-1].pods)
        return NOT_FOUND if value is None else listed(metric, value)

    def _list_of_pods(self, metric: str, value: Mapping[str, int]) -> Answer:
        items = [
            {
                "describedObject": {"kind": "Pod", "namespace": "default", "name": pod, "apiVersion": "/v1"},
                "metric": {"name": metric},
                "timestamp": _now(),
                "value": f"{number}m",
            }
            for pod, number in value.items()
        ]
        return _listed("MetricValueList", f"{CUSTOM}/v1beta2", items)

    def _list_of_one(self, metric: str, value: int) -> Answer:
        item: dict[str, Any] = {"metricName": metric, "metricLabels": {}, "timestamp": _now(), "value": f"{value}m"}
        return _listed("ExternalMetricValueList", f"{EXTERNAL}/v1beta1", [item])


def _listed(kind: str, version: str, items: list[dict[str, Any]]) -> Answer:
    return Answer.of_json({"kind": kind, "apiVersion": version, "metadata": {}, "items": items})


def _discovery(path: str) -> Answer:
    for group, version in ((CUSTOM, "v1beta2"), (EXTERNAL, "v1beta1")):
        if path == f"/apis/{group}/{version}":
            content = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/{version}"}
            return Answer.of_json({**content, "resources": []}, HTTPStatus.OK)
    return NOT_FOUND


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
