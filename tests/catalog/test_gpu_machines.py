"""What EKS leaves to pods of a GPU machine, against the numbers that Karpenter publishes."""

import pytest

from catalog.gpu_machines import GPU_MACHINES

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
