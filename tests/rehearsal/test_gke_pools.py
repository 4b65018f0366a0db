"""The nodes that recorded GKE stacks would have."""

from collections.abc import Mapping
from typing import Any

import pytest

from offline import Recording
from offline.manifests import manifest
from rehearsal import gke_nodes, gke_pools, scheduling
from rehearsal.machines import Machine
from rehearsal.nodes import Pool, UnknownMachineError, nodes_of_step
from slipway.catalog.machines import MACHINES


def pools_of(recording: Recording) -> dict[str, Pool]:
    manifests = [manifest(each) for each in recording.resources if each.is_kubernetes_object]
    return {pool.name: pool for pool in gke_pools.pools(recording, manifests)}


def test_a_standard_cluster_has_the_nodes_of_its_pools(recordings: Mapping[str, Recording]) -> None:
    pools = pools_of(recordings["gke-tpu"])
    assert list(pools) == ["gke-tpu-system", "v6e"]
    v6e = pools["v6e"]
    assert (v6e.minimum, v6e.maximum, v6e.step) == (1, 2, 1)
    assert v6e.labels["cloud.google.com/gke-tpu-accelerator"] == "tpu-v6e-slice"
    assert v6e.labels["cloud.google.com/gke-tpu-topology"] == "2x4"
    assert v6e.labels["cloud.google.com/gke-nodepool"].startswith("v6e-")
    assert v6e.labels["slipway.dev/pool"] == "v6e"
    assert [(taint.key, taint.effect) for taint in v6e.taints] == [("google.com/tpu", "NoSchedule")]
    assert v6e.allocatable["google.com/tpu"] == "8"
    assert (pools["gke-tpu-system"].taints, "google.com/tpu" in pools["gke-tpu-system"].allocatable) == ((), False)


def test_autopilot_makes_the_nodes_that_pods_ask_for(recordings: Mapping[str, Recording]) -> None:
    pools = pools_of(recordings["gke-tpu-autopilot"])
    slices = pools["autopilot-ct6e-standard-8t-2x4"]
    assert (slices.minimum, slices.maximum) == (0, 2)
    assert slices.labels["cloud.google.com/gke-spot"] == "true"
    assert pools["autopilot"].minimum == 1


def test_each_pod_of_each_gke_stack_fits_an_empty_node_of_its_stack(recordings: Mapping[str, Recording]) -> None:
    on_gke = [recording for recording in recordings.values() if recording.of(gke_pools.CLUSTER)]
    assert len(on_gke) >= 3
    for recording in on_gke:
        nodes = [nodes_of_step(pool, 0)[0] for pool in pools_of(recording).values()]
        for resource in recording.of("kubernetes:apps/v1:Deployment"):
            pod = {"metadata": {"name": resource.name}, "spec": resource.inputs["spec"]["template"]["spec"]}
            assert any(scheduling.fits(pod, node, scheduling.free(node, [])) for node in nodes), resource.urn


def test_the_hosts_of_a_slice_come_together(recordings: Mapping[str, Recording]) -> None:
    pools = [pool for pool in pools_of(recordings["multi-host"]).values() if pool.step > 1]
    assert pools
    for pool in pools:
        assert (pool.minimum, pool.maximum) == (0, pool.step)
        assert "x" in pool.labels["cloud.google.com/gke-tpu-topology"]


@pytest.mark.parametrize("name", [name for name, machine in MACHINES.items() if machine.provider == "gke"])
def test_a_node_leaves_less_to_pods_than_it_has(name: str) -> None:
    machine, node = MACHINES[name], gke_nodes.shape(name)
    resource = machine.chip.resource
    assert node.capacity[resource] == node.allocatable[resource] == str(machine.chips)
    for resource, unit in (("cpu", "m"), ("memory", "Mi"), ("ephemeral-storage", "Mi")):
        assert 0 < int(node.allocatable[resource].removesuffix(unit)) < int(node.capacity[resource].removesuffix(unit))


def test_a_node_has_the_labels_of_its_chips() -> None:
    assert gke_nodes.shape("a3-megagpu-8g").labels[gke_nodes.GPU] == "nvidia-h100-mega-80gb"
    assert gke_nodes.shape("tpu7x-standard-4t").labels[gke_nodes.TOPOLOGY] == "2x2x1"
    assert gke_nodes.shape("ct5lp-hightpu-4t", topology="4x4").labels == {
        "node.kubernetes.io/instance-type": "ct5lp-hightpu-4t",
        "cloud.google.com/machine-family": "ct5lp",
        gke_nodes.TPU: "tpu-v5-lite-podslice",
        gke_nodes.TOPOLOGY: "4x4",
    }


def test_gpus_are_there_with_their_driver_and_the_disk_is_the_one_that_pods_get() -> None:
    def driven(version: str) -> dict[str, Any]:
        return {"guestAccelerators": [{"gpuDriverInstallationConfig": {"gpuDriverVersion": version}}]}

    assert "nvidia.com/gpu" not in gke_nodes.shape("g2-standard-4", node=driven("INSTALLATION_DISABLED")).allocatable
    assert gke_nodes.shape("g2-standard-4", node=driven("LATEST")).allocatable["nvidia.com/gpu"] == "1"
    large = gke_nodes.shape("g2-standard-4", node={"diskSizeGb": 300})
    assert large.allocatable["ephemeral-storage"] == f"{170 * 1024}Mi"
    local = gke_nodes.shape("a2-ultragpu-1g", node={"diskSizeGb": 50})
    assert int(local.capacity["ephemeral-storage"].removesuffix("Mi")) > 370 * 1024


def test_the_name_of_a_general_purpose_machine_says_what_it_has() -> None:
    assert (Machine.on_gke("e2-standard-4").vcpus, Machine.on_gke("e2-standard-4").memory_gib) == (4, 16)
    assert (Machine.on_gke("n2d-highmem-8").vcpus, Machine.on_gke("n2d-highmem-8").memory_gib) == (8, 64)


def test_a_machine_of_unknown_size_is_an_error() -> None:
    with pytest.raises(UnknownMachineError, match="'e2-medium' is not in the catalog; add it, or use e2-standard-4"):
        Machine.on_gke("e2-medium")
