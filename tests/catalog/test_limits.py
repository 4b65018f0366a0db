"""The tables that limit placement beside machines: drivers, daemons and quotas."""

import itertools
from typing import get_args

import pytest

from slipway.catalog import daemons
from slipway.catalog.drivers import LOWEST_DRIVERS, OWN_DRIVERS, Cuda, nim_cuda, triton_cuda, trtllm_cuda, vllm_cuda
from slipway.catalog.machines import MACHINES, Purchase
from slipway.catalog.quotas import QUOTAS, Ec2Quota, counted, ec2_quota, quota_of, taken_of
from slipway.catalog.versions import TENSORRT_LLM, VLLM_GPU
from stacks.clusters.eks import Ec2Quota as Ec2Stated
from stacks.clusters.gke.quota import GkeQuota


def test_a_newer_cuda_comes_with_a_newer_driver_that_is_never_older_than_its_lowest() -> None:
    for older, newer in itertools.pairwise(sorted(OWN_DRIVERS)):
        assert OWN_DRIVERS[older] < OWN_DRIVERS[newer]
    assert all(driver >= LOWEST_DRIVERS[cuda.major] for cuda, driver in OWN_DRIVERS.items())


def test_a_cuda_whose_driver_no_source_names_has_that_of_the_one_before() -> None:
    assert Cuda(13, 2).driver == OWN_DRIVERS[Cuda(13, 1)]


def test_the_images_of_the_stacks_are_known_and_those_before_any_source_are_not() -> None:
    assert vllm_cuda(VLLM_GPU)
    assert vllm_cuda("v0.6.0") is None
    assert vllm_cuda("nightly") is None
    assert nim_cuda("2.0.13")
    assert nim_cuda("0.9") is None
    assert trtllm_cuda(TENSORRT_LLM)
    assert trtllm_cuda("1.1.0") is None
    assert triton_cuda("22.01", "py3") is None


def test_each_machine_is_counted_by_a_quota_unless_it_is_in_a_capacity_block() -> None:
    for machine in MACHINES.values():
        for purchase in machine.purchases:
            quota = quota_of(machine, purchase)
            if quota is None:
                assert (machine.name, purchase) == ("p6-b200.48xlarge", "spot") or purchase == "capacity-block"
            else:
                unit = QUOTAS[quota].unit
                assert counted(machine) == {"vCPUs": machine.vcpus, "chips": machine.chips}[unit]


def test_nodes_of_several_machine_types_take_from_the_quota_of_each_family() -> None:
    machines = [MACHINES[name] for name in ("g6e.12xlarge", "p5.4xlarge", "g6e.48xlarge")]
    assert taken_of(machines, "on-demand") == {"onDemandGAndVt": 192, "onDemandP": 16}
    assert taken_of(machines, "spot") == {"spotGAndVt": 192, "spotP5": 16}
    assert taken_of(machines[1:2], "capacity-block") == {}


def test_each_quota_has_a_name_of_its_own_and_is_taken_from_by_some_machine() -> None:
    stated = {str(field.alias) for model in (Ec2Stated, GkeQuota) for field in model.model_fields.values()}
    assert set(QUOTAS) == stated >= {*get_args(Ec2Quota)}
    assert len({quota.name for quota in QUOTAS.values()}) == len(QUOTAS)
    taken = {quota_of(machine, purchase) for machine in MACHINES.values() for purchase in machine.purchases}
    assert set(QUOTAS) - taken == {"onDemandStandard"}
    assert ec2_quota("m7i.xlarge", "on-demand") == "onDemandStandard"


@pytest.mark.parametrize(
    ("machine", "purchase", "name"),
    [
        ("ct6e-standard-8t", "on-demand", "TPUS_PER_TPU_FAMILY (CT6E)"),
        ("ct6e-standard-8t", "flex-start", "PREEMPTIBLE_TPU_V6E"),
        ("ct5lp-hightpu-4t", "spot", "PREEMPTIBLE_TPU_LITE_PODSLICE_V5"),
        ("ct5p-hightpu-4t", "reservation", "TPU_V5P"),
        ("tpu7x-standard-4t", "spot", "PREEMPTIBLE_TPU7X"),
        ("g2-standard-4", "on-demand", "NVIDIA_L4_GPUS"),
        ("a2-ultragpu-1g", "spot", "PREEMPTIBLE_NVIDIA_A100_80GB_GPUS"),
        ("a3-megagpu-8g", "on-demand", "GPUS_PER_GPU_FAMILY (NVIDIA_H100_MEGA)"),
        ("p4de.24xlarge", "spot", "All P4, P3 and P2 Spot Instance Requests"),
        ("p6-b200.48xlarge", "on-demand", "Running On-Demand P instances"),
        ("g7e.2xlarge", "spot", "All G and VT Spot Instance Requests"),
    ],
)
def test_a_quota_is_the_one_that_the_cloud_checks(machine: str, purchase: Purchase, name: str) -> None:
    quota = quota_of(MACHINES[machine], purchase)
    assert quota is not None
    assert QUOTAS[quota].name == name


@pytest.mark.parametrize("table", daemons.DAEMONS.values())
def test_each_daemon_is_there_once_and_has_its_source(table: tuple[daemons.Daemon, ...]) -> None:
    assert len({daemon.name for daemon in table}) == len(table)
    assert all(daemon.source for daemon in table)
