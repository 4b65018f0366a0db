"""Values of charts in a stack file: what no chart reads, and what would blind an autoscaler or hide the GPUs."""

from typing import Any

import pytest

from tests.stacks.edits import Deploy, Edit, Refuse, Stack

KEDA = {"actuator": {"type": "keda"}}


def chart(key: str, values: dict[str, Any]) -> Edit:
    return lambda stack: stack.update(values={key: values})


def prometheus_of(resources: dict[str, Any]) -> dict[str, Any]:
    return {"prometheus": {"prometheusSpec": {"resources": resources}}}


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
    "a Prometheus larger than its node": (
        chart("kubePrometheusStack", prometheus_of({"requests": {"memory": "64Gi"}})),
        "values.kubePrometheusStack.prometheus.prometheusSpec.resources.requests.memory",
        "64Gi is above the 14.4 GiB that a m7i.xlarge leaves to pods",
        "write a larger systemPool",
    ),
    "more cores for an adapter than its node has": (
        chart("prometheusAdapter", {"resources": {"requests": {"cpu": "5"}}}),
        "values.prometheusAdapter.resources.requests.cpu",
        "5 is above the 3.9 cores",
        "write a larger systemPool",
    ),
    "a limit below Slipway's own request": (
        chart("kubePrometheusStack", prometheus_of({"limits": {"memory": "1Gi"}})),
        "values.kubePrometheusStack.prometheus.prometheusSpec.resources.limits.memory",
        "1Gi is below the 2Gi that is asked for",
        "write 2Gi or more",
    ),
    "no quantity": (
        chart("kubePrometheusStack", prometheus_of({"requests": {"memory": "2 GB"}})),
        "values.kubePrometheusStack.prometheus.prometheusSpec.resources.requests.memory",
        "'2 GB' is no quantity",
        "write it as in 500m or 4Gi",
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
    "a password": (
        chart("kubePrometheusStack", {"grafana": {"adminPassword": "hunter2"}}),
        "values.kubePrometheusStack.grafana.adminPassword",
        "a credential in clear text",
        "make a Secret",
    ),
    "a password within an address": (
        chart(
            "kubePrometheusStack",
            {"prometheus": {"prometheusSpec": {"remoteWrite": [{"url": "https://us:pass@example.com"}]}}},
        ),
        "values.kubePrometheusStack.prometheus.prometheusSpec.remoteWrite.0.url",
        "a credential in clear text",
        "make a Secret",
    ),
    "a Prometheus that everybody reaches": (
        chart("kubePrometheusStack", {"prometheus": {"service": {"type": "LoadBalancer"}}}),
        "values.kubePrometheusStack.prometheus.service.type",
        "it asks nobody who he is",
        "leave it out",
    ),
    "rules that are made once an hour": (
        chart("kubePrometheusStack", {"prometheus": {"prometheusSpec": {"evaluationInterval": "1h"}}}),
        "values.kubePrometheusStack.prometheus.prometheusSpec.evaluationInterval",
        "older than 60 s",
        "write 15s",
    ),
    "rules that Prometheus does not select": (
        chart(
            "kubePrometheusStack", {"prometheus": {"prometheusSpec": {"ruleSelector": {"matchLabels": {"team": "ml"}}}}}
        ),
        "values.kubePrometheusStack.prometheus.prometheusSpec.ruleSelector.matchLabels",
        "does not meet the stack's PrometheusRules",
        "leave it out",
    ),
    "a retention beside the key": (
        chart("kubePrometheusStack", {"prometheus": {"prometheusSpec": {"retention": "1h"}}}),
        "values.kubePrometheusStack.prometheus.prometheusSpec.retention",
        "the stack file says it elsewhere",
        "write monitoring.retentionDays",
    ),
    "nodes that there are none of": (
        chart("prometheusAdapter", {"nodeSelector": {"team": "ml"}}),
        "values.prometheusAdapter.nodeSelector.team",
        "no node of the stack has the label",
        "leave it out",
    ),
    "groups beside those that tags find": (
        chart("clusterAutoscaler", {"autoscalingGroups": [{"name": "ours", "maxSize": 1, "minSize": 0}]}),
        "values.clusterAutoscaler.autoscalingGroups",
        "Slipway sets it",
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


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("kubePrometheusStack", {"grafana": {"admin": {"existingSecret": "ours", "passwordKey": "password"}}}),
        ("kubePrometheusStack", {"prometheus": {"prometheusSpec": {"evaluationInterval": "30s"}}}),
        ("kubePrometheusStack", {"prometheus": {"prometheusSpec": {"retentionSize": "45GiB"}}}),
        ("prometheusAdapter", {"nodeSelector": {"topology.kubernetes.io/zone": "us-east-1a"}}),
    ],
)
def test_a_value_that_breaks_nothing_is_passed_on(key: str, values: dict[str, Any], deployed: Deploy) -> None:
    recording = deployed(chart(key, values), stack="eks-nim")
    assert not [finding for finding in recording.findings if finding.path.startswith("values.")]


def test_bounds_of_the_autoscaler_that_pools_do_not_know_are_told(deployed: Deploy) -> None:
    recording = deployed(chart("clusterAutoscaler", {"extraArgs": {"max-nodes-total": 3}}), stack="eks-nim")
    [found] = [finding for finding in recording.findings if finding.path.startswith("values.")]
    assert (found.code, found.severity) == ("values.fewer-nodes", "warning")


@pytest.mark.parametrize(
    ("instance_type", "memory"), [("m7i.xlarge", "12Gi"), ("r7i.2xlarge", "50Gi"), ("x2idn.16xlarge", "900Gi")]
)
def test_a_prometheus_that_its_node_holds_is_nothing_to_speak_of(
    instance_type: str, memory: str, deployed: Deploy
) -> None:
    def edit(stack: Stack) -> None:
        stack["cluster"]["systemPool"] = {"instanceType": instance_type}
        chart("kubePrometheusStack", prometheus_of({"requests": {"memory": memory}}))(stack)

    found = deployed(edit, stack="eks-nim").findings
    assert not [each for each in found if each.path.startswith("values")]
