"""Whether pods find room on the nodes of their pool, and how many nodes they fill, whatever the chip."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.machines import MACHINES, Machine, Slice, slices_of
from slipway.checks.placement import Demand, Packing, Pool, placement_findings

GPUS = MACHINES["g5.12xlarge"]
SLICES = sorted((each for each in slices_of(MACHINES.values()) if each.topology), key=lambda each: each.chips)


def pool(
    *machines: Machine, topology: str | None = None, nodes: int = 1, disk_gib: float = 500, key: str | None = "disk"
) -> Pool:
    return Pool(
        path="cluster.pools.pool",
        machines=machines or (GPUS,),
        topology=topology,
        min_nodes=0,
        max_nodes=nodes,
        disk_gib=disk_gib,
        disk_key=key,
        purchase="on-demand",
        zones=(),
        zones_path="cluster.pools.pool.zones",
    )


def of_tpus(whole: Slice, nodes: int = 64) -> Pool:
    return pool(whole.machine, topology=whole.topology, nodes=nodes, disk_gib=inf)


def demand(chips: int = 1, memory_gib: float = 8, name: str = "a", disk_gib: float = 10, replicas: int = 1) -> Demand:
    return Demand(
        path=f"servers.{name}",
        pool="pool",
        chips=chips,
        memory_gib=memory_gib,
        disk_gib=disk_gib,
        image_gib=20,
        min_replicas=1,
        max_replicas=replicas,
    )


pods = st.lists(
    st.builds(
        demand,
        chips=st.integers(1, GPUS.chips),
        memory_gib=st.floats(1, GPUS.memory_for_pods_gib),
        name=st.sampled_from("abc"),
        disk_gib=st.floats(0, 400),
    ),
    max_size=20,
)


@given(pods)
def test_nodes_hold_their_pods_and_none_is_for_nothing(several: list[Demand]) -> None:
    nodes = Packing(pool(), several).nodes
    assert sum(pod.chips for pod in several) <= nodes * GPUS.chips
    assert sum(pod.memory_gib for pod in several) <= nodes * GPUS.memory_for_pods_gib
    assert nodes <= len(several)


@given(pods)
def test_one_more_pod_never_needs_fewer_nodes_than_its_share(several: list[Demand]) -> None:
    chips = sum(pod.chips for pod in several) + GPUS.chips
    assert Packing(pool(), [*several, demand(GPUS.chips)]).nodes >= -(-chips // GPUS.chips)


@given(pods, st.integers(0, 12))
def test_more_pods_take_what_is_left_and_then_nodes_of_their_own(several: list[Demand], more: int) -> None:
    packed, pod = Packing(pool(), several), demand()
    together = packed.nodes_with(pod, more)
    assert packed.nodes <= together <= packed.nodes + more
    assert Packing(pool(), []).nodes_with(pod, more) == Packing(pool(), more * [pod]).nodes


@given(st.sampled_from(SLICES), st.integers(0, 5), st.integers(0, 5))
def test_a_replica_takes_all_hosts_of_a_slice_for_itself(whole: Slice, replicas: int, more: int) -> None:
    pod = demand(whole.chips)
    packed = Packing(of_tpus(whole), replicas * [pod])
    assert packed.nodes == replicas * whole.hosts
    assert packed.nodes_with(pod, more) == (replicas + more) * whole.hosts


def test_daemons_take_their_part_of_a_node() -> None:
    small = MACHINES["g5.xlarge"]
    whole = replace(demand(memory_gib=14), cpus=small.allocatable_cpus)
    found = placement_findings({"pool": pool(small, disk_gib=100)}, [whole])
    assert [(finding.code, finding.path) for finding in found] == [
        ("placement.memory", "servers.a"),
        ("placement.cpus", "servers.a"),
    ]
    assert "leaves 14 GiB" in found[0].message
    assert "a pod requests 3.92 cores, and a node of pool 'pool' (g5.xlarge) leaves 3.73 to pods" in found[1].message


def test_servers_share_a_node_where_their_gpus_do() -> None:
    assert Packing(pool(), [demand(), demand(name="b"), demand(2)]).nodes == 1
    assert Packing(pool(), [demand(3), demand(2), demand(1)]).nodes == 2
    assert Packing(pool(), [demand(memory_gib=100), demand(memory_gib=100)]).nodes == 2


def test_an_image_is_on_a_node_once_and_a_model_for_each_pod() -> None:
    small = pool(disk_gib=70)
    assert Packing(small, [demand(disk_gib=20), demand(disk_gib=20)]).nodes == 1
    assert Packing(small, [demand(disk_gib=20), demand(disk_gib=20, name="b")]).nodes == 2


def test_a_pool_of_several_machines_is_judged_by_the_least_of_each() -> None:
    mixed = pool(MACHINES["g6e.xlarge"], MACHINES["g5.2xlarge"], MACHINES["g6.12xlarge"])
    assert (mixed.chips, mixed.machine.name) == (1, "g6e.xlarge")
    assert mixed.memory_gib == MACHINES["g5.2xlarge"].memory_for_pods_gib
    assert mixed.cpus == MACHINES["g6e.xlarge"].cpus_for_pods
    assert Packing(mixed, 4 * [demand()]).nodes == 4


def test_all_findings_about_a_pod_come_at_once() -> None:
    found = placement_findings({"pool": pool(disk_gib=25)}, [demand(8, 500, disk_gib=10, replicas=2)])
    assert [(finding.code, finding.path) for finding in found] == [
        ("placement.gpus", "servers.a.tensorParallel"),
        ("placement.memory", "servers.a"),
        ("placement.disk", "cluster.pools.pool.disk"),
        ("placement.nodes", "servers.a.autoscaling.maxReplicas"),
    ]


def test_a_pool_that_is_not_there_is_named_with_what_is() -> None:
    [found] = placement_findings({"pool": pool()}, [replace(demand(), pool="poll")])
    assert (found.code, found.about, found.remedy) == ("placement.pool", "cluster.pools.poll", "use pool")


def test_a_maximum_below_the_minimum_is_said() -> None:
    [found] = placement_findings({"pool": pool()}, [replace(demand(), min_replicas=2)])
    assert (found.code, found.message) == ("placement.replicas", "1 is below minReplicas 2")


def test_the_chips_of_a_server_are_those_of_its_slice() -> None:
    whole = MACHINES["ct6e-standard-4t"].slice("2x4")
    assert not placement_findings({"pool": of_tpus(whole)}, [demand(8)])
    [found] = placement_findings({"pool": of_tpus(whole)}, [demand(4)])
    assert (found.code, found.path) == ("placement.slice-chips", "servers.a.tensorParallel")
    assert found.remedy == "write 8, or choose a pool whose slice has 4"


def test_a_server_shards_over_the_devices_of_its_chips() -> None:
    [found] = placement_findings({"pool": of_tpus(MACHINES["tpu7x-standard-4t"].slice("2x2x1"))}, [demand(2)])
    assert found.remedy.startswith("write 8,")


def test_the_nodes_of_a_slice_are_counted_whole() -> None:
    whole = MACHINES["ct6e-standard-4t"].slice("2x4")
    assert not placement_findings({"pool": of_tpus(whole, nodes=4)}, [demand(8, replicas=2)])
    [found] = placement_findings({"pool": of_tpus(whole, nodes=4)}, [demand(8), demand(8, name="b", replicas=2)])
    assert found.code == "placement.nodes"
    assert "6 nodes are needed at most (a 1 + b 2 replicas on 2 ct6e-standard-4t each)" in found.message
    assert found.remedy == "lower maxReplicas to a sum of 2, or raise cluster.pools.pool.maxNodes to 6"


@pytest.mark.parametrize("machine", ["g5.12xlarge", "g2-standard-4"])
@given(needed=st.floats(1, 15000))
def test_the_disk_that_a_finding_names_is_enough_and_not_much_more(machine: str, needed: float) -> None:
    """Trap 25."""

    def findings(disk_gib: float) -> list[str]:
        disk = pool(MACHINES[machine], disk_gib=disk_gib)
        return [each.remedy for each in placement_findings({"pool": disk}, [demand(disk_gib=needed)])]

    [remedy] = findings(1)
    enough = int(remedy.removeprefix("write ").removesuffix(" or more"))
    assert not findings(enough)
    assert findings(enough - 3)


def test_where_the_machine_brings_the_disk_another_machine_is_the_way_out() -> None:
    machine = MACHINES["p5.4xlarge"]
    brings = pool(machine, disk_gib=machine.disk_gib(100), key=None)
    assert not placement_findings({"pool": brings}, [demand(disk_gib=3000)])
    [finding] = placement_findings({"pool": brings}, [demand(disk_gib=3500)])
    assert finding.path == "cluster.pools.pool.machineType"
    assert "of 3539 GiB a node leaves 3184 GiB to pods" in finding.message
