"""How many nodes the pods of a pool fill."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from catalog.gpu_machines import GPU_MACHINES
from checks.gpu import (
    GpuDemand,
    GpuPool,
    bound_findings,
    efa_findings,
    gpu_placement_findings,
    karpenter_findings,
)
from checks.packing import Packing, cpus_for_pods, memory_for_pods_gib

MACHINE = GPU_MACHINES["g5.12xlarge"]
DISK_GIB = 500


def demand(gpus: int = 1, memory_gib: float = 8, name: str = "a", disk_gib: float = 10, replicas: int = 1) -> GpuDemand:
    return GpuDemand(f"servers.{name}", "pool", gpus, memory_gib, disk_gib, 20, 1, replicas)


pods = st.lists(
    st.builds(
        demand,
        gpus=st.integers(1, MACHINE.gpus),
        memory_gib=st.floats(1, memory_for_pods_gib(MACHINE)),
        name=st.sampled_from("abc"),
        disk_gib=st.floats(0, 400),
    ),
    max_size=20,
)


@given(pods)
def test_nodes_hold_their_pods_and_none_is_for_nothing(several: list[GpuDemand]) -> None:
    nodes = Packing(MACHINE, DISK_GIB, several).nodes
    assert sum(pod.gpus for pod in several) <= nodes * MACHINE.gpus
    assert sum(pod.memory_gib for pod in several) <= nodes * memory_for_pods_gib(MACHINE)
    assert nodes <= len(several)


@given(pods)
def test_one_more_pod_never_needs_fewer_nodes_than_its_share(several: list[GpuDemand]) -> None:
    gpus = sum(pod.gpus for pod in several) + MACHINE.gpus
    assert Packing(MACHINE, DISK_GIB, [*several, demand(MACHINE.gpus)]).nodes >= -(-gpus // MACHINE.gpus)


@given(pods, st.integers(0, 12))
def test_more_pods_take_what_is_left_and_then_nodes_of_their_own(several: list[GpuDemand], more: int) -> None:
    packed, pod = Packing(MACHINE, DISK_GIB, several), demand()
    together = packed.nodes_with(pod, more)
    assert packed.nodes <= together <= packed.nodes + more
    assert Packing(MACHINE, DISK_GIB, []).nodes_with(pod, more) == Packing(MACHINE, DISK_GIB, more * [pod]).nodes


def test_daemons_take_their_part_of_a_node() -> None:
    assert memory_for_pods_gib(MACHINE) < MACHINE.allocatable_memory_gib
    assert cpus_for_pods(MACHINE) < MACHINE.allocatable_cpus
    pool = GpuPool("cluster.pools.pool", GPU_MACHINES["g5.xlarge"], 1, 100)
    whole = replace(demand(memory_gib=14), cpus=GPU_MACHINES["g5.xlarge"].allocatable_cpus)
    found = gpu_placement_findings({"pool": pool}, [whole])
    assert [finding.path for finding in found] == ["servers.a", "servers.a"]
    assert "leaves 14 GiB" in found[0].message
    assert "a pod requests 3.92 cores, and a node of pool 'pool' (g5.xlarge) leaves 3.73 to pods" in found[1].message


def test_servers_share_a_node_where_their_gpus_do() -> None:
    assert Packing(MACHINE, DISK_GIB, [demand(), demand(name="b"), demand(2)]).nodes == 1
    assert Packing(MACHINE, DISK_GIB, [demand(3), demand(2), demand(1)]).nodes == 2
    assert Packing(MACHINE, DISK_GIB, [demand(memory_gib=100), demand(memory_gib=100)]).nodes == 2


def test_an_image_is_on_a_node_once_and_a_model_for_each_pod() -> None:
    assert Packing(MACHINE, 70, [demand(disk_gib=20), demand(disk_gib=20)]).nodes == 1
    assert Packing(MACHINE, 70, [demand(disk_gib=20), demand(disk_gib=20, name="b")]).nodes == 2


def test_all_findings_about_a_pod_come_at_once() -> None:
    pool = GpuPool("cluster.pools.pool", MACHINE, 1, 25)
    found = gpu_placement_findings({"pool": pool}, [demand(8, 500, disk_gib=10, replicas=1)])
    assert [finding.path for finding in found] == [
        "servers.a.tensorParallel",
        "servers.a",
        "cluster.pools.pool.rootVolumeGib",
    ]


@given(needed=st.floats(1, 15000))
def test_the_disk_that_a_finding_names_is_enough_and_not_much_more(needed: float) -> None:
    """Trap 25."""
    [finding] = gpu_placement_findings({"pool": GpuPool("p", MACHINE, 1, 1)}, [demand(disk_gib=needed)])
    enough = int(finding.remedy.removeprefix("write ").removesuffix(" or more"))
    assert not gpu_placement_findings({"pool": GpuPool("p", MACHINE, 1, enough)}, [demand(disk_gib=needed)])
    assert gpu_placement_findings({"pool": GpuPool("p", MACHINE, 1, enough - 2)}, [demand(disk_gib=needed)])


def test_where_the_machine_brings_the_disk_another_machine_is_the_way_out() -> None:
    machine = GPU_MACHINES["p5.4xlarge"]
    pool = GpuPool("cluster.pools.pool", machine, 1, machine.disk_gib(100), disk_key=None)
    assert not gpu_placement_findings({"pool": pool}, [demand(disk_gib=3000)])
    [finding] = gpu_placement_findings({"pool": pool}, [demand(disk_gib=3500)])
    assert finding.path == "cluster.pools.pool.instanceType"
    assert "of 3539 GiB EKS leaves 3184 GiB to pods" in finding.message


def test_efa_wants_a_machine_that_has_it_and_one_zone() -> None:
    without, spread = efa_findings("p", "g6e.xlarge", "spot", ["a", "b"])
    assert (without.path, without.message) == ("p.efa", "g6e.xlarge has no EFA interface")
    assert "g5.8xlarge" in without.remedy
    assert "p5en.48xlarge" in without.remedy
    assert "g6e.xlarge" not in without.remedy
    assert spread.path == "p.zones"
    assert not efa_findings("p", "p5en.48xlarge", "spot", ["a"])


def test_a_zone_too_many_is_said_once_where_efa_is_reserved() -> None:
    bounds = bound_findings("p", purchase="capacity-block", min_nodes=0, max_nodes=1, zones=["a", "b"])
    assert [finding.path for finding in bounds] == ["p.zones"]
    assert not efa_findings("p", "p5en.48xlarge", "capacity-block", ["a", "b"])


def test_karpenter_keeps_no_node_that_nobody_waits_for() -> None:
    assert not karpenter_findings("p", 0)
    [finding] = karpenter_findings("p", 2)
    assert (finding.path, finding.severity) == ("p.minNodes", "error")
    assert "minReplicas" in finding.remedy
