"""A cluster that has a Prometheus and an adapter of its own: what is made in it, and what is refused."""

from typing import Any

import pytest

from slipway.checks import Finding
from tests.stacks.edits import Deploy, Edit, Refuse, Stack

STACK = "existing-prometheus"
PATH = "cluster.metrics"
PROMETHEUS, ADAPTER = f"{PATH}.kubePrometheusStack.values", f"{PATH}.prometheusAdapter.values"


def values(chart: str, **changes: Any) -> Edit:
    def edit(stack: Stack) -> None:
        stack["cluster"]["metrics"][chart]["values"] |= changes

    return edit


def spec(**changes: Any) -> Edit:
    def edit(stack: Stack) -> None:
        stack["cluster"]["metrics"]["kubePrometheusStack"]["values"]["prometheus"]["prometheusSpec"] |= changes

    return edit


def test_nothing_is_installed_and_monitors_and_rules_have_the_labels_that_its_prometheus_reads(
    deployed: Deploy,
) -> None:
    recording = deployed(stack=STACK)
    assert not recording.of("kubernetes:helm.sh/v3:Release")
    labels = {
        each.inputs["kind"]: each.inputs["metadata"]["labels"]
        for each in recording.resources
        if each.inputs.get("kind") in ("PodMonitor", "PrometheusRule")
    }
    assert labels == {"PodMonitor": {"our.org/collected": "true"}, "PrometheusRule": {"our.org/team": "models"}}


def test_without_a_selector_of_its_own_it_reads_what_has_the_label_of_its_release(deployed: Deploy) -> None:
    def no_selector(stack: Stack) -> None:
        del stack["cluster"]["metrics"]["kubePrometheusStack"]["values"]["prometheus"]

    [monitor] = deployed(no_selector, stack=STACK).of("kubernetes:monitoring.coreos.com/v1:PodMonitor")
    assert monitor.inputs["metadata"]["labels"] == {"release": "watch"}


def test_its_prometheus_may_reach_the_servers_from_its_own_namespace(deployed: Deploy) -> None:
    [policy] = [
        each
        for each in deployed(stack=STACK).of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
        if each.name == "qwen"
    ]
    assert "observability" in str(policy.inputs["spec"]["ingress"])


def test_a_rule_that_the_adapter_lacks_is_asked_for(refused: Refuse) -> None:
    [finding] = refused(values("prometheusAdapter", rules={"default": False}), stack=STACK).values()
    assert finding.code == "signals.prometheus-adapter"
    assert "add a rule for sglang:num_queue_reqs" in finding.remedy


def test_an_adapter_that_asks_another_prometheus_is_refused(refused: Refuse) -> None:
    wrong = {"url": "http://prometheus.observability.svc"}
    [finding] = refused(values("prometheusAdapter", prometheus=wrong), stack=STACK).values()
    assert (finding.path, finding.code) == (ADAPTER, "signals.url")
    assert "write http://watch-kube-prometheus-stac-prometheus.observability.svc" in finding.remedy


@pytest.mark.parametrize(
    ("edit", "path", "code"),
    [
        (
            spec(podMonitorNamespaceSelector={"matchLabels": {"team": "web"}}),
            f"{PROMETHEUS}.prometheus.prometheusSpec.podMonitorNamespaceSelector",
            "values.namespace",
        ),
        (
            spec(podMonitorSelector={"matchExpressions": [{"key": "team", "operator": "Exists"}]}),
            f"{PROMETHEUS}.prometheus.prometheusSpec.podMonitorSelector.matchExpressions",
            "values.selector",
        ),
        (values("prometheusAdapter", rules={"existing": "ours"}), f"{ADAPTER}.rules.existing", "cluster.rules"),
        (
            values("kubePrometheusStack", grafana={"adminPassword": "hunter2hunter2"}),
            f"{PROMETHEUS}.grafana.adminPassword",
            "cluster.installed-secret",
        ),
        (lambda stack: stack["cluster"].update(present=[]), "cluster.present", "cluster.add-on"),
        (lambda stack: stack.update(namespace="observability"), "namespace", "cluster.namespace"),
        (lambda stack: stack.update(monitoring={"retentionDays": 3}), "monitoring", "cluster.monitoring"),
        (lambda stack: stack["cluster"].update(storageClass="gp3"), "cluster.storageClass", "cluster.monitoring"),
    ],
)
def test_what_no_stack_could_rely_on_is_refused(refused: Refuse, edit: Edit, path: str, code: str) -> None:
    found: dict[str, Finding] = dict(refused(edit, stack=STACK))
    assert found[path].code == code


def test_a_server_of_the_nim_operator_asks_for_the_operator(refused: Refuse) -> None:
    def operated(stack: Stack) -> None:
        stack["cluster"]["metrics"] = {
            "type": "installed-prometheus",
            "kubePrometheusStack": {"release": "monitoring", "namespace": "monitoring"},
            "prometheusAdapter": {
                "release": "adapter",
                "namespace": "monitoring",
                "values": {"prometheus": {"url": "http://monitoring-kube-prometheus-prometheus.monitoring.svc"}},
            },
        }
        stack["cluster"]["present"] = ["gpu-operator"]
        stack["servers"]["llama"]["deployment"] = {"type": "operator", "storageClass": "efs"}

    [finding] = refused(operated, stack="existing").values()
    assert (finding.path, finding.code) == ("cluster.present", "cluster.add-on")
    assert "no nim-operator" in finding.message


def test_a_port_that_is_none_is_an_error_and_not_a_crash(refused: Refuse) -> None:
    [finding] = refused(spec(scrapeInterval="often"), stack=STACK).values()
    assert finding.code == "signals.unreadable"
