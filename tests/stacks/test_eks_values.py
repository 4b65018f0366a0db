"""Values of charts in a stack file: what no chart reads, and what would blind an autoscaler or hide the GPUs."""

from typing import Any

import pytest

from tests.stacks.edits import Deploy, Edit, Refuse, Stack

KEDA = {"actuator": {"type": "keda"}}


def chart(key: str, values: dict[str, Any]) -> Edit:
    return lambda stack: stack.update(values={key: values})


MISTAKES: dict[str, tuple[Edit, str, str, str]] = {
    "a chart key that is misspelt": (
        chart("kubePrometheusStack", {"alertmanger": {"enabled": True}}),
        "values.kubePrometheusStack.alertmanger",
        "no template of kube-prometheus-stack",
        "write alertmanager",
    ),
    "a Prometheus that is off": (
        chart("kubePrometheusStack", {"prometheus": {"enabled": False}}),
        "values.kubePrometheusStack.prometheus.enabled",
        "is false: nothing collects what the servers' autoscalers follow",
        "leave it out",
    ),
    "a Prometheus on another port": (
        chart("kubePrometheusStack", {"prometheus": {"service": {"port": 80}}}),
        "values.prometheusAdapter",
        "port 9090 is asked; Prometheus is on 80",
        "leave the Service's port at 9090",
    ),
    "a Prometheus in another namespace": (
        chart("kubePrometheusStack", {"namespaceOverride": "observability"}),
        "values.prometheusAdapter",
        "is looked up in namespace monitoring, and Prometheus is in observability",
        "write http://monitoring-prometheus.observability.svc",
    ),
    "monitors that Prometheus does not select": (
        chart(
            "kubePrometheusStack",
            {"prometheus": {"prometheusSpec": {"podMonitorSelector": {"matchLabels": {"team": "ml"}}}}},
        ),
        "servers.llama",
        "has no label release: kube-prometheus-stack, team: ml",
        "add the label",
    ),
    "an adapter that asks elsewhere": (
        chart("prometheusAdapter", {"prometheus": {"url": "http://thanos.monitoring.svc"}}),
        "values.prometheusAdapter",
        "names a Service that the chart does not make",
        "write http://monitoring-prometheus.monitoring.svc",
    ),
    "node feature discovery that is off": (
        chart("gpuOperator", {"nfd": {"enabled": False}}),
        "values.gpuOperator.nfd.enabled",
        "the operator knows of no GPU node",
        "leave it out",
    ),
    "an autoscaler of another cluster": (
        chart("clusterAutoscaler", {"autoDiscovery": {"clusterName": "other"}}),
        "values.clusterAutoscaler.autoDiscovery.clusterName",
        "Slipway sets it to the stack's cluster",
        "leave it out",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_value_that_breaks_the_stack_is_refused(mistake: str, refused: Refuse) -> None:
    edit, path, message, remedy = MISTAKES[mistake]
    [finding] = refused(edit, stack="eks-nim").values()
    assert finding.path == path
    assert message in finding.message
    assert remedy in finding.remedy


def test_keda_asks_the_port_that_prometheus_has(refused: Refuse) -> None:
    def edit(stack: Stack) -> None:
        stack.update(
            monitoring={**stack.get("monitoring", {}), **KEDA},
            values={"kubePrometheusStack": {"prometheus": {"service": {"port": 80}}}},
        )

    [finding] = refused(edit, stack="eks-nim").values()
    assert finding.path == "values.kubePrometheusStack"
    assert finding.message == "port 9090 is asked; Prometheus is on 80"


def test_prometheus_and_its_adapter_may_move_together(deployed: Deploy) -> None:
    values = {
        "kubePrometheusStack": {"prometheus": {"service": {"port": 80}}},
        "prometheusAdapter": {"prometheus": {"port": 80}},
    }
    assert deployed(lambda stack: stack.update(values=values), stack="eks-nim").outputs["endpoints"]
