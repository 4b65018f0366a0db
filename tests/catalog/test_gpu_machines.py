"""What EKS leaves to pods of a GPU machine, against the numbers that Karpenter publishes."""

import pytest

from catalog.gpu_machines import GPU_MACHINES, GpuMachine, NetworkInterface, pod_disk_gib

PUBLISHED = {
    "g5.xlarge": (3920, 14162),
    "g5.4xlarge": (15890, 57691),
    "g5.12xlarge": (47810, 173400),
    "g6.12xlarge": (47810, 178933),
    "g6e.xlarge": (3920, 29317),
    "g6e.48xlarge": (191450, 1449132),
    "p5.4xlarge": (15890, 240830),
    "p5en.48xlarge": (191450, 1937332),
}
"""Allocatable millicores and MiB (aws/karpenter-provider-aws, reference/instance-types.md)."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_left_to_pods_is_what_karpenter_publishes(name: str) -> None:
    machine, (millicores, mebibytes) = GPU_MACHINES[name], PUBLISHED[name]
    assert machine.allocatable_cpus * 1000 == pytest.approx(millicores, abs=1)
    assert machine.allocatable_memory_gib * 1024 == pytest.approx(mebibytes, abs=1)


def test_every_machine_leaves_room_and_has_whole_gpus() -> None:
    for machine in GPU_MACHINES.values():
        assert 0 < machine.allocatable_memory_gib < machine.memory_mib / 1024
        assert machine.gpus in (1, 4, 8)
        assert ("capacity-block" in machine.purchases) == machine.name.startswith("p5")


@pytest.mark.parametrize("machine", [machine for machine in GPU_MACHINES.values() if machine.efa], ids=lambda m: m.name)
def test_a_node_with_efa_has_one_interface_with_addresses_and_an_efa_on_each_card(machine: GpuMachine) -> None:
    """What Karpenter's definition of EC2NodeClass and the EC2 guide ask of a list of interfaces."""
    first, *others = machine.efa_interfaces
    assert first == NetworkInterface(0, 0, "interface")
    assert {each.type for each in others} == {"efa-only"}
    assert [each.card for each in others] == list(range(machine.efa))
    assert len({(each.card, each.device) for each in machine.efa_interfaces}) == machine.efa + 1
    assert all(each.device == (each.card == 0) for each in others)


def test_pods_get_the_disks_of_a_p_machine_and_the_root_volume_of_any_other() -> None:
    assert GPU_MACHINES["p5en.48xlarge"].disk_gib(100) == pytest.approx(30400 / 1.073741824)
    assert GPU_MACHINES["g5.48xlarge"].disk_gib(100) == 100
    assert pod_disk_gib(20) == pytest.approx(17)
    assert all(machine.instance_store_gb >= 250 for machine in GPU_MACHINES.values())
