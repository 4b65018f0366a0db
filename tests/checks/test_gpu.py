"""How many nodes the pods of a pool fill."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.gpu_machines import GPU_MACHINES
from checks.gpu import GpuDemand, GpuPool, gpu_placement_findings, nodes_for

MACHINE = GPU_MACHINES["g5.12xlarge"]
DISK_GIB = 500


def demand(gpus: int = 1, memory_gib: float = 8, name: str = "a", disk_gib: float = 10, replicas: int = 1) -> GpuDemand:
    return GpuDemand(f"servers.{name}", "pool", gpus, memory_gib, disk_gib, 20, 1, replicas)


pods = st.lists(
    st.builds(
        demand,
        gpus=st.integers(1, MACHINE.gpus),
        memory_gib=st.floats(1, MACHINE.allocatable_memory_gib),
        name=st.sampled_from("abc"),
        disk_gib=st.floats(0, 400),
    ),
    max_size=20,
)


@given(pods)
def test_nodes_hold_their_pods_and_none_is_for_nothing(several: list[GpuDemand]) -> None:
    nodes = nodes_for(MACHINE, DISK_GIB, several)
    assert sum(pod.gpus for pod in several) <= nodes * MACHINE.gpus
    assert sum(pod.memory_gib for pod in several) <= nodes * MACHINE.allocatable_memory_gib
    assert nodes <= len(several)


@given(pods)
def test_one_more_pod_never_needs_fewer_nodes_than_its_share(several: list[GpuDemand]) -> None:
    gpus = sum(pod.gpus for pod in several) + MACHINE.gpus
    assert nodes_for(MACHINE, DISK_GIB, [*several, demand(MACHINE.gpus)]) >= -(-gpus // MACHINE.gpus)


def test_servers_share_a_node_where_their_gpus_do() -> None:
    assert nodes_for(MACHINE, DISK_GIB, [demand(), demand(name="b"), demand(2)]) == 1
    assert nodes_for(MACHINE, DISK_GIB, [demand(3), demand(2), demand(1)]) == 2
    assert nodes_for(MACHINE, DISK_GIB, [demand(memory_gib=100), demand(memory_gib=100)]) == 2


def test_an_image_is_on_a_node_once_and_a_model_for_each_pod() -> None:
    assert nodes_for(MACHINE, 60, [demand(disk_gib=20), demand(disk_gib=20)]) == 1
    assert nodes_for(MACHINE, 60, [demand(disk_gib=20), demand(disk_gib=20, name="b")]) == 2


def test_all_findings_about_a_pod_come_at_once() -> None:
    pool = GpuPool("cluster.pools.pool", MACHINE, 1, 25)
    found = gpu_placement_findings({"pool": pool}, [demand(8, 500, disk_gib=10, replicas=1)])
    assert [finding.path for finding in found] == [
        "servers.a.tensorParallel",
        "servers.a",
        "cluster.pools.pool.rootVolumeGib",
    ]
