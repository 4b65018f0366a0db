"""What of a recorded stack is played, and what is changed about its objects."""

from collections.abc import Mapping

import pytest

from offline import Recording
from rehearsal import stack
from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import LOAD_SECONDS
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


def test_a_stack_of_servers_over_several_hosts_is_not_played_yet(recordings: Mapping[str, Recording]) -> None:
    with pytest.raises(NothingToPlayError, match="several hosts are not rehearsed"):
        stack.read(recordings["multi-host"])


def test_a_stack_on_another_cloud_is_not_played_yet(recordings: Mapping[str, Recording]) -> None:
    elsewhere = [each for each in recordings.values() if not each.of("gcp:container/cluster:Cluster")]
    assert elsewhere
    for recording in elsewhere:
        with pytest.raises(NothingToPlayError, match="only stacks on GKE are rehearsed so far"):
            stack.read(recording)


def test_only_times_change_about_the_objects(gke_tpu: PlayedStack) -> None:
    changed: dict[tuple[str, str], Json] = {}
    for manifest in gke_tpu.manifests:
        compressed = stack.compressed(manifest, Clock(30))
        if compressed != manifest:
            changed[manifest["kind"], manifest["metadata"]["name"]] = compressed
    assert changed.keys() == {("HorizontalPodAutoscaler", "llama"), ("Deployment", "llama")}
    behavior = changed["HorizontalPodAutoscaler", "llama"]["spec"]["behavior"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 20
    assert [each["periodSeconds"] for each in behavior["scaleDown"]["policies"]] == [4]
    assert behavior["scaleUp"]["stabilizationWindowSeconds"] == 0
    annotations = changed["Deployment", "llama"]["spec"]["template"]["metadata"]["annotations"]
    assert float(annotations[LOAD_SECONDS]) == pytest.approx(442 / 30, abs=0.1)


def test_at_any_speed_periods_stay_what_kubernetes_takes(gke_tpu: PlayedStack) -> None:
    [autoscaler] = [each for each in gke_tpu.manifests if each["kind"] == "HorizontalPodAutoscaler"]
    behavior = stack.compressed(autoscaler, Clock(100_000))["spec"]["behavior"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 1
    assert all(each["periodSeconds"] == 1 for side in behavior.values() for each in side["policies"])
