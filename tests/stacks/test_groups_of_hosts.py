"""Replicas that span hosts: their webhooks are reached, they start together, and no two write the same files."""

import copy
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from offline import Recording
from tests.stacks.edits import Deploy, Stack
from tests.stacks.lookup import one, release

GROUP = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet"
FIREWALL = "gcp:compute/firewall:Firewall"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"


@pytest.fixture(scope="module")
def spanning(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["multi-host"]


def containers(recording: Recording) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the container of a leader and that of a worker."""
    [group] = recording.of(GROUP)
    template = group.inputs["spec"]["leaderWorkerTemplate"]
    [leader] = template["leaderTemplate"]["spec"]["containers"]
    [worker] = template["workerTemplate"]["spec"]["containers"]
    return leader, worker


def test_the_control_plane_reaches_the_webhooks_that_admit_groups(
    spanning: Recording, recordings: Mapping[str, Recording]
) -> None:
    rule = one(spanning, FIREWALL, "multi-host-webhooks").inputs
    assert rule["direction"] == "INGRESS"
    assert rule["allows"] == [{"protocol": "tcp", "ports": ["9443"]}]
    assert rule["sourceRanges"]
    assert rule["network"] == one(spanning, "gcp:compute/network:Network", "multi-host").id
    assert not recordings["gke-tpu"].of(FIREWALL)


def test_the_controller_of_groups_outlives_a_node_and_runs_a_release(spanning: Recording) -> None:
    values = release(spanning, "lws").inputs["values"]
    assert values["replicaCount"] == 2
    assert values["image"]["manager"]["tag"].startswith("v0.")


def test_a_group_has_a_slice_to_itself(spanning: Recording) -> None:
    [group] = spanning.of(GROUP)
    annotations = group.inputs["metadata"]["annotations"]
    assert annotations == {"leaderworkerset.sigs.k8s.io/exclusive-topology": "cloud.google.com/gke-nodepool"}


def test_hosts_of_a_replica_share_no_files_that_they_compile(spanning: Recording) -> None:
    for container in containers(spanning):
        assert "VLLM_XLA_CACHE_PATH" not in {each["name"] for each in container["env"]}


def test_eviction_is_limited_for_each_pod_of_a_group(spanning: Recording) -> None:
    budget = one(spanning, BUDGET, "llama").inputs["spec"]
    [group] = spanning.of(GROUP)
    template = group.inputs["spec"]["leaderWorkerTemplate"]
    for pod in (template["leaderTemplate"], template["workerTemplate"]):
        assert budget["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs that write down how they are called; three hosts are there at first, then four."""
    programs = {
        "ray": 'echo "ray $1 $2" >> "$CALLS"',
        "vllm": 'echo "vllm $1 $2 $(cat "$CALLS.hosts")" >> "$CALLS"',
        "sleep": "echo 4 > $CALLS.hosts",
        "python3": (
            'case "$2" in *snapshot_download*) echo "download $3 $4" >> "$CALLS";; '
            '*ray.nodes*) test "$(cat "$CALLS.hosts")" -ge "$3";; esac'
        ),
    }
    for name, body in programs.items():
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    (tmp_path / "calls.hosts").write_text("3\n")
    return tmp_path


def test_a_leader_downloads_alone_and_starts_the_engine_once_all_hosts_are_there(
    spanning: Recording, programs: Path
) -> None:
    leader, _ = containers(spanning)
    calls = programs / "calls"
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}
    subprocess.run(leader["command"], env=environment, check=True, timeout=60)
    started, downloaded, serving = calls.read_text().splitlines()
    assert started == "ray start --head"
    assert downloaded == "download meta-llama/Llama-3.3-70B-Instruct /data"
    assert serving == "vllm serve meta-llama/Llama-3.3-70B-Instruct 4"


def test_a_preview_says_that_no_group_has_run_on_chips(spanning: Recording) -> None:
    [warning] = [each for each in spanning.findings if each.code == "placement.unproven-group"]
    assert (warning.severity, warning.path) == ("warning", "servers.llama.pool")
    assert "4 hosts of 4x4" in warning.message


def test_a_preview_says_when_servers_download_the_same_files_at_once(deployed: Deploy) -> None:
    def several(stack: Stack) -> None:
        stack["servers"]["llama"]["autoscaling"]["minReplicas"] = 2

    def two(stack: Stack) -> None:
        llama = stack["servers"]["llama"]
        llama["autoscaling"]["maxReplicas"] = 1
        stack["servers"]["twin"] = copy.deepcopy(llama)

    [warning] = [each for each in deployed(two).findings if each.code == "storage.writers"]
    assert (warning.severity, warning.path) == ("warning", "servers.llama.model")
    assert "llama and twin download" in warning.message
    assert not [each for each in deployed(several).findings if each.code == "storage.writers"]


def test_autopilot_gets_limits_of_the_side_car_that_hold_its_cache(recordings: Mapping[str, Recording]) -> None:
    """Autopilot refuses "0", and stops a side-car that caches more than its memory. F26."""
    recording = recordings["gke-tpu-autopilot"]
    template = one(recording, "kubernetes:apps/v1:Deployment", "llama").inputs["spec"]["template"]
    annotations = template["metadata"]["annotations"]
    [cache] = [each for each in template["spec"]["volumes"] if each["name"] == "gke-gcsfuse-cache"]
    size = int(cache["emptyDir"]["sizeLimit"].removesuffix("Gi"))
    assert int(annotations["gke-gcsfuse/memory-limit"].removesuffix("Gi")) > size
    assert "0" not in {annotations[f"gke-gcsfuse/{each}-limit"] for each in ("cpu", "memory", "ephemeral-storage")}
    standard = one(recordings["gke-tpu"], "kubernetes:apps/v1:Deployment", "llama").inputs["spec"]["template"]
    assert standard["metadata"]["annotations"]["gke-gcsfuse/memory-limit"] == "0"
