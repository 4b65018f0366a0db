"""The nodes that recorded EKS stacks would have."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import Recording, record
from offline.manifests import manifest
from offline.stack_config import stack_name
from rehearsal import eks_pools, releases, scheduling
from rehearsal.machines import Machine
from rehearsal.nodes import Pool, UnknownMachineError, nodes_of_step
from rehearsal.stack import read as stack_of
from slipway.catalog.machines import MACHINES
from tests.stack_paths import STACK_FILES


def pools_of(recording: Recording) -> dict[str, Pool]:
    manifests = [manifest(each) for each in recording.resources if each.is_kubernetes_object]
    return {pool.name: pool for pool in eks_pools.pools(recording, manifests)}


def without(recording: Recording, chart: str) -> Recording:
    kept = [each for each in recording.resources if each.type != releases.TYPE or each.inputs["chart"] != chart]
    return replace(recording, resources=tuple(kept))


def with_values(recording: Recording, chart: str, values: Mapping[str, Any]) -> Recording:
    changed = [
        replace(each, inputs={**each.inputs, "values": {**each.inputs["values"], **values}})
        if each.type == releases.TYPE and each.inputs["chart"] == chart
        else each
        for each in recording.resources
    ]
    return replace(recording, resources=tuple(changed))


def test_a_cluster_has_the_nodes_of_its_groups(recordings: Mapping[str, Recording]) -> None:
    pools = pools_of(recordings["eks-nim"])
    assert list(pools) == ["eks-nim-system", "l40s"]
    l40s = pools["l40s"]
    assert (l40s.minimum, l40s.maximum, l40s.step) == (1, 10, 1)
    assert l40s.labels["slipway.dev/pool"] == "l40s"
    assert l40s.labels["node.kubernetes.io/instance-type"] == "g6e.xlarge"
    assert l40s.labels["nvidia.com/gpu.product"] == "NVIDIA-L40S"
    assert l40s.labels["topology.kubernetes.io/zone"] == "us-east-1a"
    assert [(taint.key, taint.value, taint.effect) for taint in l40s.taints] == [
        ("nvidia.com/gpu", "present", "NoSchedule")
    ]
    assert l40s.capacity["nvidia.com/gpu"] == l40s.allocatable["nvidia.com/gpu"] == "1"
    system = pools["eks-nim-system"]
    assert (system.minimum, system.taints, "nvidia.com/gpu" in system.allocatable) == (2, (), False)


def test_without_the_gpu_operator_nodes_have_no_gpus_and_none_of_its_labels(
    recordings: Mapping[str, Recording],
) -> None:
    bare = pools_of(without(recordings["eks-nim"], releases.GPU_OPERATOR))["l40s"]
    assert "nvidia.com/gpu" not in bare.allocatable
    assert not any(label.startswith("nvidia.com/gpu.") for label in bare.labels)
    unplugged = with_values(recordings["eks-nim"], releases.GPU_OPERATOR, {"devicePlugin": {"enabled": False}})
    assert "nvidia.com/gpu" not in pools_of(unplugged)["l40s"].allocatable


def test_without_a_node_autoscaler_a_group_keeps_its_fewest_nodes(recordings: Mapping[str, Recording]) -> None:
    fixed = pools_of(without(recordings["eks-nim"], releases.NODE_AUTOSCALER))["l40s"]
    assert (fixed.minimum, fixed.maximum) == (1, 1)


@pytest.mark.parametrize(("stated", "seconds"), [("10m", 600), ("90s", 90), ("1h", 3600)])
def test_an_idle_node_goes_when_the_autoscalers_values_say(
    recordings: Mapping[str, Recording], stated: str, seconds: int
) -> None:
    values = {"extraArgs": {"scale-down-unneeded-time": stated}}
    assert eks_pools.idle_seconds(with_values(recordings["eks-nim"], releases.NODE_AUTOSCALER, values), []) == seconds


def test_each_pod_of_each_eks_stack_fits_an_empty_node_of_its_stack(recordings: Mapping[str, Recording]) -> None:
    on_eks = [recording for recording in recordings.values() if recording.of(eks_pools.CLUSTER)]
    assert len(on_eks) >= 2
    for recording in on_eks:
        nodes = [nodes_of_step(pool, 0)[0] for pool in pools_of(recording).values()]
        for resource in recording.of("kubernetes:apps/v1:Deployment"):
            pod = {"metadata": {"name": resource.name}, "spec": resource.inputs["spec"]["template"]["spec"]}
            assert any(scheduling.fits(pod, node, scheduling.free(node, [])) for node in nodes), resource.urn


def test_karpenter_makes_the_nodes_of_its_pools_as_far_as_their_limits_go(recordings: Mapping[str, Recording]) -> None:
    recording = recordings["eks-karpenter"]
    manifests = [manifest(each) for each in recording.resources if each.is_kubernetes_object]
    pools = pools_of(recording)
    block, free = pools["block"], pools["free"]
    assert (block.minimum, block.maximum, free.maximum) == (0, 2, 4)
    assert (block.allocatable["nvidia.com/gpu"], block.allocatable["vpc.amazonaws.com/efa"]) == ("8", "16")
    assert free.labels["karpenter.sh/capacity-type"] == "on-demand"
    assert free.labels["slipway.dev/pool"] == "free"
    assert free.labels["topology.kubernetes.io/region"] == "us-east-2"
    assert [(taint.key, taint.effect) for taint in free.taints] == [("nvidia.com/gpu", "NoSchedule")]
    assert eks_pools.idle_seconds(recording, manifests) == 600
    assert "vpc.amazonaws.com/efa" not in pools_of(without(recording, releases.EFA_PLUGIN))["block"].allocatable


EC2 = [name for name, machine in MACHINES.items() if machine.provider == "eks"]


@pytest.mark.parametrize("name", [*EC2, "m7i.large", "m7i.xlarge", "r7g.8xlarge", "c7i.24xlarge"])
def test_a_node_leaves_less_to_pods_than_it_has(name: str) -> None:
    machine = Machine.on_eks(name)
    has, leaves = machine.capacity(100), machine.allocatable(100)
    for resource, unit in (("cpu", "m"), ("memory", "Mi"), ("ephemeral-storage", "Mi")):
        assert 0 < int(leaves[resource].removesuffix(unit)) < int(has[resource].removesuffix(unit))


@pytest.mark.parametrize(("stack", "pool"), [("eks-nim", "l40s"), ("eks-karpenter", "free")])
def test_nodes_of_several_instance_types_are_of_the_smallest_and_that_is_said(
    tmp_path: Path, stack: str, pool: str
) -> None:
    [file] = [path for path in STACK_FILES if stack_name(path) == stack]
    content = yaml.safe_load(file.read_text())
    content["config"]["slipway:stack"]["cluster"]["pools"][pool]["instanceType"] = ["g6e.2xlarge", "g6e.xlarge"]
    changed = tmp_path / file.name
    changed.write_text(yaml.safe_dump(content))
    recording = record(changed)
    nodes = pools_of(recording)[pool]
    assert nodes.labels["node.kubernetes.io/instance-type"] == "g6e.xlarge"
    assert nodes.capacity["memory"] == Machine.on_eks("g6e.xlarge").capacity(0)["memory"]
    said = f"pool {pool}: its nodes are g6e.xlarge, the smallest of g6e.2xlarge, g6e.xlarge"
    assert said in stack_of(recording).not_rehearsed


def test_the_name_of_an_instance_type_says_what_it_has() -> None:
    assert (Machine.on_eks("m7i.xlarge").vcpus, Machine.on_eks("m7i.xlarge").memory_gib) == (4, 16)
    assert (Machine.on_eks("r7g.2xlarge").vcpus, Machine.on_eks("r7g.2xlarge").memory_gib) == (8, 64)
    assert (Machine.on_eks("c7i.large").vcpus, Machine.on_eks("c7i.large").memory_gib) == (2, 4)


def test_an_instance_type_of_unknown_size_is_an_error() -> None:
    with pytest.raises(UnknownMachineError, match=r"'t3\.medium' is not in the catalog; use m7i\.xlarge"):
        Machine.on_eks("t3.medium")
