"""KEDA as what sets the number of replicas: the intent of a HorizontalPodAutoscaler of ours, and no second writer."""

from collections.abc import Mapping
from typing import Any

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline import Recording, Resource
from slipway.addons import keda_settings
from slipway.addons.observed import pods_of
from slipway.catalog.engines import VLLM
from slipway.serving.autoscaling import decimal, quantity
from slipway.serving.recording_rules import QUEUE_COMPUTE_RATIO
from tests.invariants.objects import AUTOSCALER, RELEASE, SCALED_OBJECT, reached
from tests.stacks.edits import Refuse, Stack


@pytest.fixture(scope="module")
def keda(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-keda"]


def release(recording: Recording, name: str) -> Resource:
    [found] = [resource for resource in recording.of(RELEASE) if resource.inputs["name"] == name]
    return found


def scaled_object(recording: Recording, name: str) -> dict[str, Any]:
    [found] = [resource for resource in recording.of(SCALED_OBJECT) if resource.name == name]
    return found.inputs["spec"]


def test_f20_keda_owns_its_metrics_api_alone_and_nothing_else_scales(keda: Recording) -> None:
    """Trap 1."""
    names = {resource.inputs["name"] for resource in keda.of(RELEASE)}
    assert "keda" in names
    assert "prometheus-adapter" not in names
    assert not keda.of(AUTOSCALER)
    assert not keda.of("kubernetes:apiregistration.k8s.io/v1:APIService")


def test_f20_without_keda_there_is_nothing_of_it(recordings: Mapping[str, Recording]) -> None:
    nim = recordings["eks-nim"]
    assert "keda" not in {resource.inputs["name"] for resource in nim.of(RELEASE)}
    assert not nim.of(SCALED_OBJECT)


def test_the_article_scales_alike_by_both(keda: Recording, recordings: Mapping[str, Recording]) -> None:
    [ours] = [one.inputs["spec"] for one in recordings["eks-nim"].of(AUTOSCALER)]
    theirs = scaled_object(keda, "older")
    assert theirs["scaleTargetRef"] == {**ours["scaleTargetRef"], "name": "older"}
    passed_on = theirs["advanced"]["horizontalPodAutoscalerConfig"]
    assert passed_on == {"name": "older", "behavior": ours["behavior"]}
    [trigger] = theirs["triggers"]
    assert trigger["metricType"] == ours["metrics"][0]["pods"]["target"]["type"]
    assert trigger["metadata"]["threshold"] == "0.1"
    assert (theirs["minReplicaCount"], theirs["maxReplicaCount"]) == (1, 4)


def test_the_query_sums_what_each_replica_of_this_server_has(keda: Recording) -> None:
    """A HorizontalPodAutoscaler divides an external value by the replicas, and averages that of pods itself."""
    queries = {name: scaled_object(keda, name)["triggers"][0]["metadata"]["query"] for name in ("older", "chat")}
    assert queries["older"] == (f"sum(max by (namespace, pod) (gpu_cache_usage_perc{{{pods_of('older', 'models')}}}))")
    assert queries["chat"].startswith("sum(sum by (namespace, pod) (vllm:num_requests_waiting{")
    for query in queries.values():
        promql_parser.parse(query)


def test_keda_asks_the_prometheus_that_the_stack_has(keda: Recording) -> None:
    """Traps 6 and 7."""
    values = release(keda, "kube-prometheus-stack").inputs["values"]
    address = scaled_object(keda, "chat")["triggers"][0]["metadata"]["serverAddress"]
    assert address == f"http://{values['fullnameOverride']}-prometheus.monitoring.svc:9090"


def test_f23_a_signal_that_is_gone_keeps_the_replicas_that_there_are(keda: Recording) -> None:
    for name, fewest in (("older", 1), ("chat", 2)):
        spec = scaled_object(keda, name)
        assert spec["triggers"][0]["metadata"]["ignoreNullValues"] == "false"
        assert spec["fallback"] == {"failureThreshold": 3, "replicas": fewest, "behavior": "currentReplicas"}
        assert spec["minReplicaCount"] == fewest


def test_f19_what_answers_for_metrics_has_two_pods_and_goes_last(keda: Recording) -> None:
    installed = release(keda, "keda")
    values = installed.inputs["values"]
    assert values["metricsServer"]["replicaCount"] == 2
    assert values["podDisruptionBudget"]["metricServer"]["maxUnavailable"] == 1
    assert values["operator"]["replicaCount"] == 3, "a person's values are merged last"
    assert release(keda, "kube-prometheus-stack").urn in installed.dependencies


def test_f18_scaled_objects_go_while_keda_can_still_take_off_their_finalizers(keda: Recording) -> None:
    for resource in keda.of(SCALED_OBJECT):
        assert release(keda, "keda").urn in reached(keda, resource)


def test_f17_servers_wait_until_the_gpu_operator_calls_itself_ready(keda: Recording) -> None:
    [patch] = keda.of("kubernetes:nvidia.com/v1:ClusterPolicyPatch")
    assert patch.inputs["metadata"] == {
        "name": "cluster-policy",
        "annotations": {"pulumi.com/waitFor": "jsonpath={.status.state}=ready"},
    }
    assert "spec" not in patch.inputs
    assert release(keda, "gpu-operator").urn in patch.dependencies
    assert patch.custom_timeouts["create"] == "30m"
    for deployment in keda.of("kubernetes:apps/v1:Deployment"):
        if not deployment.name.endswith("-load"):
            assert patch.urn in deployment.dependencies, deployment.urn


def test_f17_nobody_waits_who_has_not_asked_to(recordings: Mapping[str, Recording]) -> None:
    assert not recordings["eks-nim"].of("kubernetes:nvidia.com/v1:ClusterPolicyPatch")


def test_f17_an_operator_of_somebody_else_is_not_waited_for(refused: Refuse) -> None:
    def edit(stack: Stack) -> None:
        stack["waitForGpuOperator"] = True
        stack["cluster"]["present"] = ["gpu-operator"]

    [finding] = refused(edit, stack="existing").values()
    assert finding.path == "waitForGpuOperator"
    assert finding.remedy == "leave it out"


def test_a_patch_is_no_object_to_apply(keda: Recording) -> None:
    [patch] = keda.of("kubernetes:nvidia.com/v1:ClusterPolicyPatch")
    assert patch.is_kubernetes_patch
    assert not patch.is_kubernetes_object


@given(value=st.floats(min_value=0.001, max_value=1e6))
def test_thresholds_and_quantities_say_the_same_to_the_thousandth(value: float) -> None:
    text = quantity(value)
    said = float(text.removesuffix("m")) / (1000 if text.endswith("m") else 1)
    assert float(decimal(value)) == pytest.approx(said, abs=0.0011)
    assert "e" not in decimal(value)
    assert not decimal(value).endswith(".")


def test_recorded_series_are_asked_for_as_well() -> None:
    query = keda_settings.query(QUEUE_COMPUTE_RATIO, "gpt2", "triton")
    assert query.startswith("sum(max by (namespace, pod) (triton:queue_compute:ratio{")


def test_a_series_without_a_signal_scales_nothing() -> None:
    series = next(series for series in VLLM.exports if series.signal is None)
    with pytest.raises(ValueError, match="stands for no signal"):
        keda_settings.query(series, "chat", "models")
