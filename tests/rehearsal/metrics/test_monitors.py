"""Why the operator leaves pods or rules out, by what the objects say."""

from typing import Any

import pytest

from rehearsal import releases
from rehearsal.client import Json
from rehearsal.metrics import monitors
from rehearsal.releases import Release

PROMETHEUS = releases.prometheus(Release("kps", "watch", releases.PROMETHEUS_STACK, {"fullnameOverride": "main"}))
LABELS, PORTS = {"app": "llama"}, ["http=8000"]


def monitor(port: str = "http", labels: dict[str, str] | None = None, **spec: Any) -> Json:
    return {
        "kind": "PodMonitor",
        "metadata": {"name": "llama", "namespace": "nim", "labels": {"release": "kps"} if labels is None else labels},
        "spec": {"selector": {"matchLabels": LABELS}, "podMetricsEndpoints": [{"port": port}], **spec},
    }


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "there is none"),
        ([monitor(labels={})], "PodMonitor nim/llama has no label release: kps, and Prometheus watch/main-prometheus"),
        ([monitor(labels={"release": "other"})], "set podMonitorSelector in the values of kube-prometheus-stack"),
        ([monitor("metrics")], "scrapes port metrics, and the ports of the pods are ['http=8000']"),
        (
            [monitor(selector={"matchLabels": {"app": "lama"}})],
            "PodMonitor nim/llama selects {'matchLabels': {'app': 'lama'}}",
        ),
        ([monitor(namespaceSelector={"matchNames": ["other"]})], "no PodMonitor selects these there"),
        ([monitor()], "the operator has not written it yet"),
        ([monitor(namespaceSelector={"any": True})], "the operator has not written it yet"),
    ],
)
def test_pods_that_are_not_scraped_are_explained(found: list[Json], words: str) -> None:
    assert words in monitors.unscraped(PROMETHEUS, found, "nim", LABELS, PORTS)


@pytest.mark.parametrize(
    ("labels", "words"),
    [({}, "PrometheusRule nim/rules has no label release: kps"), ({"release": "kps"}, "of series that are not there")],
)
def test_a_rule_that_is_not_evaluated_is_explained(labels: dict[str, str], words: str) -> None:
    rule = {
        "kind": "PrometheusRule",
        "metadata": {"name": "rules", "namespace": "nim", "labels": labels},
        "spec": {"groups": [{"name": "a", "rules": [{"record": "a:b", "expr": "x"}]}]},
    }
    assert words in monitors.unrecorded(PROMETHEUS, [rule], "a:b")
    assert monitors.unrecorded(PROMETHEUS, [rule], "a:c") == ""
