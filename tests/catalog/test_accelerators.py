"""The table of TPU machines agrees with itself and with how GKE counts."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.accelerators import TPU_MACHINES, Provisioning, TpuSlice, tpu_slice
from catalog.gke_version import GkeVersion

SLICES = [tpu_slice(machine.name, topology) for machine in TPU_MACHINES.values() for topology in machine.topologies]


@pytest.mark.parametrize("one", SLICES, ids=lambda one: f"{one.machine.name}-{one.topology}")
def test_the_hosts_of_a_slice_have_its_chips(one: TpuSlice) -> None:
    assert one.chips == prod(map(int, one.topology.split("x"))) == one.hosts * one.machine.chips


@pytest.mark.parametrize(
    ("machine", "topology", "hosts"),
    [
        ("ct6e-standard-1t", "1x1", 1),
        ("ct6e-standard-4t", "2x2", 1),
        ("ct6e-standard-4t", "2x4", 2),
        ("ct6e-standard-8t", "2x4", 1),
        ("ct6e-standard-4t", "4x4", 4),
        ("ct6e-standard-4t", "16x16", 64),
    ],
)
def test_hosts_are_counted_as_gke_does(machine: str, topology: str, hosts: int) -> None:
    assert tpu_slice(machine, topology).hosts == hosts


@pytest.mark.parametrize(("machine", "topology"), [("ct6e-standard-8t", "4x4"), ("ct6e-standard-2t", "2x2")])
def test_a_slice_that_does_not_exist_is_not_made(machine: str, topology: str) -> None:
    with pytest.raises(KeyError):
        tpu_slice(machine, topology)


@pytest.mark.parametrize("name", TPU_MACHINES)
def test_a_node_leaves_most_of_itself_to_pods(name: str) -> None:
    machine = TPU_MACHINES[name]
    assert 0.9 * machine.memory_gib < machine.allocatable_memory_gib < machine.memory_gib
    assert 0.98 * machine.vcpus < machine.allocatable_cpus < machine.vcpus


def test_reserved_memory_is_what_the_gke_page_computes() -> None:
    """A quarter of the first 4 GiB, a fifth of the next 4, a tenth of 8, 6 % of 112, 2 % of the rest, and 100 MiB."""
    machine = TPU_MACHINES["ct6e-standard-1t"]
    reserved = 1 + 0.8 + 0.8 + 6.72 + 0.02 * (176 - 128) + 100 / 1024
    assert machine.allocatable_memory_gib == pytest.approx(176 - reserved)


@pytest.mark.parametrize("provisioning", ["on-demand", "spot", "reservation", "flex-start"])
def test_flex_start_zones_are_zones_and_reservations_reach_the_most(provisioning: Provisioning) -> None:
    for machine in TPU_MACHINES.values():
        everywhere = machine.generation.zones_for("reservation")
        assert set(machine.generation.zones_for(provisioning)) <= set(everywhere)


PARTS = st.tuples(*[st.integers(0, 10**7)] * 4)


@given(PARTS, PARTS)
def test_versions_are_ordered_by_their_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (written(one) < written(other)) == (one < other)
    assert (written(one) == written(other)) == (one == other)


@given(PARTS)
def test_a_version_is_written_as_it_was_read(parts: tuple[int, ...]) -> None:
    text = str(written(parts))
    assert GkeVersion.parse(text) == written(parts)
    assert text == "{}.{}.{}-gke.{}".format(*parts)


@given(PARTS)
def test_a_prefix_stands_for_its_newest_version(parts: tuple[int, ...]) -> None:
    major, minor, patch, _ = parts
    assert written(parts) < GkeVersion.parse(f"{major}.{minor}.{patch}") < GkeVersion.parse(f"{major}.{minor}")


@pytest.mark.parametrize("text", ["", "1", "1.31.2-gke", "1.31.2-gke.x", "v1.31", "1.31.2.1", "latest"])
def test_what_is_no_version_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a GKE version"):
        GkeVersion.parse(text)


def written(parts: tuple[int, ...]) -> GkeVersion:
    return GkeVersion.parse("{}.{}.{}-gke.{}".format(*parts))
