"""What of a recorded stack is played, and what is changed about its objects."""

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from offline import Recording
from rehearsal import stack
from rehearsal.client import Json, title
from rehearsal.clock import Clock
from rehearsal.compression import compressed
from rehearsal.control_plane import LOAD_SECONDS
from rehearsal.nodes import nodes_of_step
from rehearsal.scheduling import fits, free
from rehearsal.stack import NothingToPlayError, PlayedStack


@pytest.fixture
def gke_tpu(recordings: Mapping[str, Recording]) -> PlayedStack:
    return stack.read(recordings["gke-tpu"])


def test_a_server_is_what_an_autoscaler_scales_and_clients_load(gke_tpu: PlayedStack) -> None:
    [llama] = gke_tpu.servers
    assert (llama.namespace, llama.name, llama.minimum, llama.maximum) == ("vllm", "llama", 1, 2)
    assert (llama.metric, llama.target) == ("prometheus.googleapis.com|vllm:num_requests_waiting|gauge", 5)
    assert llama.clients["metadata"]["name"] == "llama-load"
    assert llama.load.service == "vllm/llama"


def test_clouds_are_named_as_not_rehearsed(gke_tpu: PlayedStack) -> None:
    assert any("gcp resources" in line for line in gke_tpu.not_rehearsed)
    assert not any("kubernetes" in line for line in gke_tpu.not_rehearsed)


def test_servers_over_several_hosts_are_deployed_and_not_loaded(recordings: Mapping[str, Recording]) -> None:
    played = stack.read(recordings["multi-host"])
    [unloaded] = played.unloaded
    assert "its replicas span several hosts" in unloaded
    assert (played.servers, unloaded in played.not_rehearsed) == ([], True)


def test_the_nodes_of_a_cluster_that_is_there_already_are_those_that_the_stack_file_states(
    recordings: Mapping[str, Recording],
) -> None:
    played = stack.read(recordings["existing-tpu"])
    [ordinary, v6e] = played.pools
    assert (ordinary.minimum, ordinary.taints) == (1, ())
    assert (v6e.name, v6e.minimum, v6e.maximum, v6e.capacity["google.com/tpu"]) == ("v6e", 0, 3, "4")
    assert v6e.labels["cloud.google.com/gke-tpu-topology"] == "2x2"
    assert [(taint.key, taint.value) for taint in v6e.taints] == [
        ("google.com/tpu", "present"),
        ("dedicated", "inference"),
    ]


def test_pods_that_do_not_tolerate_the_stated_taints_fit_no_node(recordings: Mapping[str, Recording]) -> None:
    played = stack.read(recordings["existing-tpu"])
    [server] = played.servers
    [node] = nodes_of_step(played.pools[-1], 0)
    template = copy.deepcopy(server.workload["spec"]["template"])
    assert fits(template, node, free(node, []))
    template["spec"]["tolerations"] = [each for each in template["spec"]["tolerations"] if each["key"] != "dedicated"]
    assert not fits(template, node, free(node, []))


def test_a_cluster_that_is_there_already_has_its_adapter_and_the_volume_that_pods_mount(
    recordings: Mapping[str, Recording],
) -> None:
    there = stack.read(recordings["existing-tpu"]).there
    assert there
    kinds = Counter(each["kind"] for each in there.objects)
    assert kinds == {"Namespace": 1, "Service": 1, "APIService": 3, "PersistentVolume": 1}
    assert [title(each) for each in there.claims] == ["PersistentVolumeClaim vllm/weights"]
    other = stack.read(recordings["existing"]).there
    assert other
    assert (other.objects, other.claims) == ([], [])
    assert stack.read(recordings["gke-tpu"]).there is None


def test_an_engine_gets_its_chips_by_whatever_resource_the_stack_file_states(
    recordings: Mapping[str, Recording],
) -> None:
    played = stack.read(recordings["existing-prometheus"])
    [server] = played.servers
    template = copy.deepcopy(server.workload["spec"]["template"])
    assert server.engine.obstacle == ""
    [container] = template["spec"]["containers"]
    container["resources"] = {"limits": {"nvidia.com/gpu": "1"}}
    engine = played.engine(template)
    assert engine
    assert engine.obstacle == "its pod asks for 0 chips, and the engine shards over 1"


def test_gpus_of_a_cluster_that_is_there_already_need_a_device_plugin(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["existing"]
    assert stack.read(recording).pools[-1].capacity["nvidia.com/gpu"] == "1"
    assert "nvidia.com/gpu" not in stack.read(without(recording, "existing-gpu-operator")).pools[-1].capacity


def test_an_eks_stack_is_played_through_its_releases(recordings: Mapping[str, Recording]) -> None:
    played = stack.read(recordings["eks-nim"])
    [llama] = played.servers
    assert (llama.minimum, llama.maximum, llama.metric, llama.target) == (1, 10, "vllm:kv_cache_usage_perc", 0.1)
    assert played.remove_seconds == 600
    assert any("Helm release prometheus-adapter but for the adapter itself" in line for line in played.not_rehearsed)
    assert any(line.startswith("ServiceMonitors: ") for line in played.not_rehearsed)


def without(recording: Recording, *names: str) -> Recording:
    return replace(recording, resources=tuple(each for each in recording.resources if each.name not in names))


def test_a_server_without_load_clients_is_left_out_and_the_others_are_played(
    recordings: Mapping[str, Recording],
) -> None:
    several = recordings["gke-tpu-prod"]
    assert len(stack.read(several).servers) == 2
    played = stack.read(without(several, "qwen-load"))
    assert [server.name for server in played.servers] == ["llama"]
    assert "server qwen: it has no load clients" in played.not_rehearsed
    assert "server llama: it has no load clients" in stack.read(without(several, "qwen-load", "llama-load")).unloaded


def test_without_a_prometheus_nothing_is_played(recordings: Mapping[str, Recording]) -> None:
    with pytest.raises(NothingToPlayError, match="no release of kube-prometheus-stack, so nothing scrapes its pods"):
        stack.read(without(recordings["eks-nim"], "eks-nim-monitoring"))


def test_only_times_change_about_the_objects(gke_tpu: PlayedStack) -> None:
    changed: dict[tuple[str, str], Json] = {}
    for manifest in gke_tpu.manifests:
        changed_manifest = compressed(manifest, Clock(30), gke_tpu.engine)
        if changed_manifest != manifest:
            changed[manifest["kind"], manifest["metadata"]["name"]] = changed_manifest
    assert changed.keys() == {("HorizontalPodAutoscaler", "llama"), ("Deployment", "llama")}
    behavior = changed["HorizontalPodAutoscaler", "llama"]["spec"]["behavior"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 20
    assert [each["periodSeconds"] for each in behavior["scaleDown"]["policies"]] == [4]
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    annotations = changed["Deployment", "llama"]["spec"]["template"]["metadata"]["annotations"]
    assert float(annotations[LOAD_SECONDS]) == pytest.approx(442 / 30, abs=0.1)


def test_at_any_speed_periods_stay_what_kubernetes_takes(gke_tpu: PlayedStack) -> None:
    [autoscaler] = [each for each in gke_tpu.manifests if each["kind"] == "HorizontalPodAutoscaler"]
    behavior = compressed(autoscaler, Clock(100_000), gke_tpu.engine)["spec"]["behavior"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 1
    assert all(each["periodSeconds"] == 1 for side in behavior.values() for each in side["policies"])


def test_a_pod_has_its_engine_by_whatever_names_the_engine_drew(recordings: Mapping[str, Recording]) -> None:
    played = stack.read(recordings["eks-triton-llama2"])
    [server] = played.servers
    template = copy.deepcopy(server.workload["spec"]["template"])
    drawn = [each["configMap"] for each in template["spec"]["volumes"] if "configMap" in each]
    for source in drawn:
        source["name"] = f"{source['name'].rpartition('-')[0]}-0123abcd"
    engine = played.engine(template)
    assert drawn
    assert engine
    assert engine.is_real
