"""What holds for the autoscalers of every stack. Docstrings name the failure modes (F) that a test guards against."""

from offline import Recording
from tests.invariants.objects import RELEASE, autoscalers, least_and_behaviour, reached, scaled


def test_an_autoscaled_workload_states_no_replicas_and_ignores_what_the_autoscaler_does(recording: Recording) -> None:
    """F1."""
    for scaler in autoscalers(recording):
        target = scaled(recording, scaler)
        assert "replicas" not in target.inputs["spec"], target.urn
        assert "spec.replicas" in target.ignore_changes, target.urn


def test_a_model_is_downloaded_by_one_replica_alone(recording: Recording) -> None:
    """What they share knows no locks: the second comes when the first is Ready, and a rollout adds one at a time."""
    for scaler in autoscalers(recording):
        target = scaled(recording, scaler)
        assert target.urn in reached(recording, scaler), scaler.urn
        if target.inputs["kind"] == "Deployment":
            assert sum(target.inputs["spec"]["strategy"]["rollingUpdate"].values()) == 1, target.urn


def test_no_workload_has_two_autoscalers(recording: Recording) -> None:
    targets = [scaled(recording, scaler).urn for scaler in autoscalers(recording)]
    assert len(targets) == len(set(targets))


def test_metrics_apis_go_before_the_adapter_that_answers_for_them(recording: Recording) -> None:
    """A destroy takes resources in the reverse order of their dependencies. F19."""
    for api in recording.of("kubernetes:apiregistration.k8s.io/v1:APIService"):
        behind = {
            urn
            for urn in reached(recording, api)
            if recording.by_urn[urn].type in ("kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Namespace")
        }
        assert len(behind) == 2, api.urn


def test_each_metrics_api_has_one_owner(recording: Recording) -> None:
    """F20."""
    names = [api.inputs["metadata"]["name"] for api in recording.of("kubernetes:apiregistration.k8s.io/v1:APIService")]
    assert len(names) == len(set(names))


def test_an_autoscaler_waits_for_the_api_that_it_reads(recording: Recording) -> None:
    """F19."""
    apis = {api.urn for api in recording.of("kubernetes:apiregistration.k8s.io/v1:APIService")}
    releases = recording.of("kubernetes:helm.sh/v3:Release")
    apis |= {release.urn for release in releases if release.inputs["name"] in ("keda", "prometheus-adapter")}
    signals = recording.judged.signals
    assert apis or (signals and "adapter" in signals.there), (
        "there is no adapter, neither the cluster's nor the stack's"
    )
    for scaler in [*autoscalers(recording), *recording.of("kubernetes:apps.nvidia.com/v1alpha1:NIMService")]:
        assert apis <= reached(recording, scaler), scaler.urn


def test_an_autoscaler_keeps_a_replica_and_goes_down_slowly(recording: Recording) -> None:
    """A signal that is gone for a moment must neither end the last replica nor take several at once. F23."""
    for scaler in autoscalers(recording):
        fewest, behaviour = least_and_behaviour(scaler)
        assert fewest >= 1, scaler.urn
        down = behaviour["scaleDown"]
        assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 120}], scaler.urn
        assert "stabilizationWindowSeconds" in down, scaler.urn


def test_prometheus_reads_every_object_that_is_meant_for_it(recording: Recording) -> None:
    """An object without the labels that the release selects is ignored in silence. F22."""
    selectors = {
        "kubernetes:monitoring.coreos.com/v1:PodMonitor": "podMonitorSelector",
        "kubernetes:monitoring.coreos.com/v1:PrometheusRule": "ruleSelector",
    }
    there = recording.judged.there
    values = [each.inputs["values"] for each in recording.of(RELEASE) if each.inputs["name"] == "kube-prometheus-stack"]
    values += [each.values for each in (there.releases if there else ()) if each.chart == "kube-prometheus-stack"]
    for kind, selector in selectors.items():
        for resource in recording.of(kind):
            [release] = values
            wanted = release["prometheus"]["prometheusSpec"][selector]["matchLabels"]
            assert wanted.items() <= resource.inputs["metadata"]["labels"].items(), resource.urn
