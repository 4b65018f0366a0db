"""The table of machines agrees with itself and with what clouds and Karpenter publish."""

import re
from math import inf, prod
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.gke_version import ClusterVersion
from slipway.catalog.machines import (
    CHIPS,
    FLEX_START_VERSIONS,
    GPU_RESOURCE,
    MACHINES,
    TPU_RESOURCE,
    Machine,
    NetworkInterface,
    Purchase,
    Slice,
    slices_of,
)
from slipway.catalog.machines.chips import H100, H100_MEGA, V7X

ROWS = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
SLICES = list(slices_of(MACHINES.values()))

PUBLISHED = {
    "g5.xlarge": (3920, 14162),
    "g5.4xlarge": (15890, 57691),
    "g5.12xlarge": (47810, 173400),
    "g5.24xlarge": (95690, 355262),
    "g6.12xlarge": (47810, 178933),
    "g6e.xlarge": (3920, 29317),
    "g6e.24xlarge": (95690, 721682),
    "g6e.48xlarge": (191450, 1449132),
    "g7e.2xlarge": (7910, 57471),
    "g7e.48xlarge": (191450, 1932558),
    "p4d.24xlarge": (95690, 1082712),
    "p5.4xlarge": (15890, 240830),
    "p5en.48xlarge": (191450, 1937332),
    "p6-b200.48xlarge": (191450, 1937332),
}
"""Allocatable millicores and MiB (aws/karpenter-provider-aws, reference/instance-types.md)."""


@ROWS
def test_a_machine_has_sane_sizes(machine: Machine) -> None:
    assert machine.chips in (1, 2, 4, 8)
    assert 4 <= machine.vcpus <= 224
    assert 1.5 <= machine.memory_gib / machine.vcpus <= 32
    assert machine.max_pods >= 58
    assert machine.local_disk_gb == 0 or 250 <= machine.local_disk_gb <= 31000
    assert machine.purchases
    assert set(machine.purchases) <= set(get_args(Purchase))


@ROWS
def test_a_node_leaves_most_of_itself_to_pods_and_daemons_take_a_part_of_that(machine: Machine) -> None:
    left, allocatable, sold = machine.memory_for_pods_gib, machine.allocatable_memory_gib, machine.memory_gib
    assert 0.75 * sold < left < allocatable < sold
    assert 0.8 * machine.vcpus < machine.cpus_for_pods < machine.allocatable_cpus < machine.vcpus


@ROWS
def test_a_chip_has_its_names_and_its_rates(machine: Machine) -> None:
    chip = machine.chip
    assert chip.resource == (TPU_RESOURCE if chip.kind == "tpu" else GPU_RESOURCE)
    assert chip.label
    assert 15 < chip.memory_gib < 200
    assert 100 < chip.flops / chip.bandwidth < 600
    if chip.kind == "tpu":
        assert machine.provider == "gke"
        assert machine.topologies
        return
    assert not machine.topologies
    assert chip.compute_capability >= (8, 0)
    assert machine.provider == "eks" or chip.gke_label
    # What a driver reports is less than what EC2 says, by a few percent.
    assert machine.provider == "gke" or 0.95 < chip.memory_gib * 1024 / chip.memory_mib < 1


def test_a_chip_has_one_name_and_a_machine_one_row() -> None:
    assert len(MACHINES) == 68
    chips = {machine.chip for machine in MACHINES.values()}
    # GKE calls the H100 of A3 Mega otherwise.
    assert len(CHIPS) == len(chips) - 1
    assert H100.name == H100_MEGA.name


@ROWS
def test_where_zones_are_known_each_purchase_has_some_and_a_reservation_reaches_the_most(machine: Machine) -> None:
    assert (machine.zones("on-demand") is None) == (machine.provider == "eks")
    for purchase in machine.purchases if machine.provider == "gke" else ():
        zones = machine.zones(purchase)
        assert zones
        assert len(set(zones)) == len(zones)
        assert all(re.fullmatch(r"[a-z]+-[a-z]+\d+-[a-z]", zone) for zone in zones)
        assert set(zones) <= set(machine.zones("reservation") or ())


@ROWS
def test_a_lowest_version_is_a_whole_one(machine: Machine) -> None:
    for text in filter(None, (machine.lowest_version, FLEX_START_VERSIONS[machine.chip.kind])):
        assert str(ClusterVersion.parse(text)) == text
    assert machine.lowest_version is None or machine.provider == "gke"


@pytest.mark.parametrize("one", SLICES, ids=lambda one: f"{one.machine.name}-{one.topology}")
def test_the_hosts_of_a_slice_have_its_chips(one: Slice) -> None:
    chips = prod(map(int, one.topology.split("x"))) if one.topology else one.machine.chips
    assert one.chips == chips == one.hosts * one.machine.chips
    assert one.devices == chips * one.machine.chip.devices
    whole = one.chips * one.machine.chip.memory_gib
    assert whole == pytest.approx(one.devices * one.machine.chip.device.memory_gib)


@pytest.mark.parametrize(
    ("machine", "topology", "hosts"),
    [
        ("ct6e-standard-1t", "1x1", 1),
        ("ct6e-standard-4t", "2x2", 1),
        ("ct6e-standard-4t", "2x4", 2),
        ("ct6e-standard-8t", "2x4", 1),
        ("ct6e-standard-4t", "4x4", 4),
        ("ct6e-standard-4t", "16x16", 64),
        ("ct5lp-hightpu-8t", "2x4", 1),
        ("ct5lp-hightpu-4t", "2x4", 2),
        ("ct5p-hightpu-4t", "2x2x1", 1),
        ("ct5p-hightpu-4t", "2x2x4", 4),
        ("tpu7x-standard-4t", "2x2x1", 1),
        ("tpu7x-standard-4t", "4x4x4", 16),
    ],
)
def test_hosts_are_counted_as_gke_does(machine: str, topology: str, hosts: int) -> None:
    assert MACHINES[machine].slice(topology).hosts == hosts


@pytest.mark.parametrize(
    ("machine", "topology"),
    [("ct6e-standard-8t", "4x4"), ("ct5p-hightpu-4t", "2x2"), ("ct6e-standard-4t", None), ("g6e.xlarge", "1x1")],
)
def test_a_slice_that_does_not_exist_is_not_made(machine: str, topology: str | None) -> None:
    with pytest.raises(KeyError):
        MACHINES[machine].slice(topology)


def test_a_machine_with_gpus_is_a_slice_of_its_own() -> None:
    whole = MACHINES["a3-highgpu-8g"].slice()
    assert (whole.chips, whole.hosts, whole.topology) == (8, 1, None)


def test_a_chip_of_two_devices_shares_its_memory_and_its_rates() -> None:
    assert V7X.device.memory_gib == 94.75
    assert V7X.device.flops * 2 == V7X.flops
    assert H100.device is H100


def test_reserved_memory_is_what_the_gke_page_computes() -> None:
    """A quarter of the first 4 GiB, a fifth of the next 4, a tenth of 8, 6 % of 112, 2 % of the rest, and 100 MiB."""
    reserved = 1 + 0.8 + 0.8 + 6.72 + 0.02 * (176 - 128) + 100 / 1024
    assert MACHINES["ct6e-standard-1t"].allocatable_memory_gib == pytest.approx(176 - reserved)


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_left_to_pods_is_what_karpenter_publishes(name: str) -> None:
    machine, (millicores, mebibytes) = MACHINES[name], PUBLISHED[name]
    assert machine.allocatable_cpus * 1000 == pytest.approx(millicores, abs=1)
    assert machine.allocatable_memory_gib * 1024 == pytest.approx(mebibytes, abs=1)


def test_capacity_blocks_and_single_gpus_are_sold_as_the_clouds_say() -> None:
    for name, machine in MACHINES.items():
        assert ("capacity-block" in machine.purchases) == (machine.provider == "eks" and name.startswith("p"))
    assert MACHINES["a3-highgpu-1g"].purchases == ("spot", "flex-start")
    assert "on-demand" not in MACHINES["a3-ultragpu-8g"].purchases


@pytest.mark.parametrize("machine", [machine for machine in MACHINES.values() if machine.efa], ids=lambda m: m.name)
def test_a_node_with_efa_has_one_interface_with_addresses_and_an_efa_on_each_card(machine: Machine) -> None:
    """What Karpenter's definition of EC2NodeClass and the EC2 guide ask of a list of interfaces."""
    first, *others = machine.efa_interfaces
    assert first == NetworkInterface(0, 0, "interface")
    assert {each.type for each in others} == {"efa-only"}
    assert [each.card for each in others] == list(range(machine.efa))
    assert len({(each.card, each.device) for each in machine.efa_interfaces}) == machine.efa + 1
    assert all(each.device == (each.card == 0) for each in others)


def test_pods_get_the_disks_of_a_p_machine_and_the_root_volume_of_any_other_on_ec2() -> None:
    assert MACHINES["p5en.48xlarge"].disk_gib(100) == pytest.approx(30400 / 1.073741824)
    assert MACHINES["g5.48xlarge"].disk_gib(100) == 100
    assert MACHINES["g5.48xlarge"].pod_disk_gib(20) == pytest.approx(17)


def test_on_gke_pods_get_the_local_ssds_where_a_machine_brings_some() -> None:
    """Ten percent and 50, 75 or 100 GiB of Local SSDs are GKE's, and of a boot disk of 100 GiB 51."""
    assert MACHINES["g2-standard-4"].pod_disk_gib(100) == pytest.approx(49)
    for name, ssds, reserved in (("a2-ultragpu-1g", 1, 50), ("a3-highgpu-1g", 2, 75), ("a3-ultragpu-8g", 32, 100)):
        machine = MACHINES[name]
        assert (machine.local_ssds, machine.images_on_local_disks) == (ssds, True)
        disk = machine.disk_gib(100)
        assert disk == pytest.approx(375 * ssds, abs=1)
        assert machine.pod_disk_gib(disk) == pytest.approx(0.9 * disk - reserved)


@given(st.sampled_from(sorted(MACHINES)), st.floats(1, 20000))
def test_the_smallest_disk_leaves_what_is_needed_and_a_smaller_one_less(name: str, needed: float) -> None:
    machine = MACHINES[name]
    smallest = machine.disk_for_gib(needed)
    assert machine.pod_disk_gib(smallest) == pytest.approx(needed)
    assert machine.pod_disk_gib(0.99 * smallest) < needed
    assert machine.pod_disk_gib(inf) == inf
