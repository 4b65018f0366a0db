"""What stands between a signal and its autoscaler outlives a node, an update and a full disk."""

from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording, Resource
from slipway.addons.monitoring_settings import SELECTED
from slipway.catalog.charts import EFA_DEVICE_PLUGIN
from slipway.catalog.eks_registries import registry
from tests.invariants.objects import containers, pods, reached, scaled
from tests.stacks.edits import Deploy, Stack
from tests.stacks.lookup import RELEASE, release

PRIORITY = "kubernetes:scheduling.k8s.io/v1:PriorityClass"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
TWO_OF_EACH = {
    "kube-prometheus-stack": ("prometheus.prometheusSpec.replicas",),
    "prometheus-adapter": ("replicas",),
    "keda": ("operator.replicaCount", "metricsServer.replicaCount"),
    "metrics-server": ("replicas",),
    "cluster-autoscaler": ("replicaCount",),
    "karpenter": ("replicas",),
    "lws": ("replicaCount",),
    "aws-load-balancer-controller": ("replicaCount",),
}
"""Keys of replicas, by chart."""

OWN_CLASS = {
    "kube-prometheus-stack": (
        "prometheus.prometheusSpec.priorityClassName",
        "prometheusOperator.priorityClassName",
        "kube-state-metrics.priorityClassName",
    ),
    "prometheus-adapter": ("priorityClassName",),
    "keda": ("priorityClassName",),
    "lws": ("priorityClassName",),
}
"""Keys of the class of those outside kube-system."""


def at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for key in path.split("."):
        found = found[key]
    return found


def priorities(recording: Recording) -> dict[str, Resource]:
    return {one.inputs["metadata"]["name"]: one for one in recording.of(PRIORITY)}


def test_the_path_of_signals_outranks_servers_and_servers_outrank_everybody_else(recording: Recording) -> None:
    classes = priorities(recording)
    for scaler in recording.of(AUTOSCALER):
        server = scaled(recording, scaler)
        for owner, pod in pods(recording):
            if owner.urn == server.urn:
                chosen = classes[pod["spec"]["priorityClassName"]].inputs
                assert chosen["value"] > 0
                assert chosen["preemptionPolicy"] == "Never"
    for each in recording.of(RELEASE):
        for key in OWN_CLASS.get(each.inputs["chart"].rpartition("/")[2], ()):
            above = classes[at(each.inputs["values"], key)].inputs
            assert above["value"] > max(one.inputs["value"] for one in classes.values() if one.inputs != above)


def test_two_of_everything_on_the_path_are_apart(recording: Recording) -> None:
    for each in recording.of(RELEASE):
        chart = each.inputs["chart"].rpartition("/")[2]
        for key in TWO_OF_EACH.get(chart, ()):
            assert int(at(each.inputs["values"], key)) >= 2, f"{chart}: {key}"
    for owner, pod in pods(recording):
        if owner.inputs["metadata"]["name"] == "custom-metrics-stackdriver-adapter":
            assert owner.inputs["spec"]["replicas"] == 2
            keys = [one["topologyKey"] for one in pod["spec"]["topologySpreadConstraints"]]
            assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
            assert priorities(recording)[pod["spec"]["priorityClassName"]].inputs["value"] == 1_000_000
            assert all("memory" in one["resources"]["requests"] for one in containers(pod))


def test_whatever_is_spread_is_spread_among_its_own_pods(recordings: Mapping[str, Recording]) -> None:
    spec = release(recordings["eks-nim"], "kube-prometheus-stack").inputs["values"]["prometheus"]["prometheusSpec"]
    for constraint in spec["topologySpreadConstraints"]:
        assert constraint["labelSelector"] == {"matchLabels": {"operator.prometheus.io/name": "monitoring-prometheus"}}
        assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"


@pytest.mark.parametrize("gib", [10, 50, 16384])
def test_prometheus_drops_its_oldest_series_before_its_disk_is_full(gib: int, deployed: Deploy) -> None:
    def edit(stack: Stack) -> None:
        stack["monitoring"] = {"storageGib": gib}

    values = release(deployed(edit, stack="eks-nim"), "kube-prometheus-stack").inputs["values"]
    spec = values["prometheus"]["prometheusSpec"]
    size = spec["retentionSize"]
    assert size.endswith("GiB")
    assert gib * 0.7 < int(size.removesuffix("GiB")) <= gib * 0.85
    claim = spec["storageSpec"]["volumeClaimTemplate"]["spec"]
    assert claim["resources"]["requests"]["storage"] == f"{gib}Gi"


def test_series_outlive_a_change_of_the_size_of_their_volume(recordings: Mapping[str, Recording]) -> None:
    """The operator deletes the StatefulSet of Prometheus then, and makes it anew."""
    values = release(recordings["eks-nim"], "kube-prometheus-stack").inputs["values"]
    policy = values["prometheus"]["prometheusSpec"]["persistentVolumeClaimRetentionPolicy"]
    assert policy == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_no_alert_fires_for_ever_because_alerts_go_nowhere(recordings: Mapping[str, Recording]) -> None:
    values = release(recordings["eks-nim"], "kube-prometheus-stack").inputs["values"]
    assert values["alertmanager"]["enabled"] is False
    assert values["defaultRules"]["disabled"] == {"PrometheusNotConnectedToAlertmanagers": True}


MONITORS = {
    "metrics-server": ("serviceMonitor",),
    "cluster-autoscaler": ("serviceMonitor",),
    "karpenter": ("serviceMonitor",),
    "aws-load-balancer-controller": ("serviceMonitor",),
    "keda": tuple(f"prometheus.{part}.serviceMonitor" for part in ("operator", "metricServer", "webhooks")),
    "gpu-operator": ("dcgmExporter.serviceMonitor",),
}
"""What has each chart collected."""


def test_prometheus_collects_what_moves_nodes_and_replicas(recording: Recording) -> None:
    for each in recording.of(RELEASE):
        for path in MONITORS.get(each.inputs["chart"].rpartition("/")[2], ()):
            monitor = at(each.inputs["values"], path)
            assert monitor["enabled"] is True
            assert monitor.get("additionalLabels", monitor.get("selector")) == SELECTED


def test_f10_definitions_of_monitors_are_updated_and_there_before_any_monitor(recording: Recording) -> None:
    """Helm updates none that lie beside a chart. F9."""
    releases = {each.inputs["name"]: each for each in recording.of(RELEASE)}
    if "kube-prometheus-stack" not in releases:
        return
    definitions = releases["prometheus-operator-crds"]
    assert releases["kube-prometheus-stack"].inputs["skipCrds"] is True
    for each in releases.values():
        chart = each.inputs["chart"].rpartition("/")[2]
        if chart in MONITORS or chart == "kube-prometheus-stack":
            assert definitions.urn in reached(recording, each), chart


def test_a_node_says_what_is_wrong_with_its_gpus_where_faulty_nodes_are_replaced(recording: Recording) -> None:
    if any(group.inputs.get("nodeRepairConfig") for group in recording.of("aws:eks/nodeGroup:NodeGroup")):
        kinds = {each.inputs["addonName"] for each in recording.of("aws:eks/addon:Addon")}
        assert "eks-node-monitoring-agent" in kinds


def test_nodes_pull_the_plugin_of_efa_from_their_own_region(
    recordings: Mapping[str, Recording],
) -> None:
    image = release(recordings["eks-fabric"], EFA_DEVICE_PLUGIN).inputs["values"]["image"]
    assert image == {"repository": f"602401143452.dkr.ecr.us-east-2.amazonaws.com/eks/{EFA_DEVICE_PLUGIN}"}
    assert registry("eu-south-2") == "455263428931.dkr.ecr.eu-south-2.amazonaws.com"


def test_a_preview_says_that_nothing_uses_interfaces_between_nodes_yet(recordings: Mapping[str, Recording]) -> None:
    found = [each for each in recordings["eks-fabric"].findings if each.code == "placement.efa-unused"]
    assert {each.path for each in found} == {"cluster.pools.block.efa", "cluster.pools.close.efa"}
    assert {each.severity for each in found} == {"warning"}
