"""The tables that placement is judged by: drivers, daemons and quotas."""

import itertools

import pytest

from catalog import daemons
from catalog.drivers import LOWEST_DRIVERS, OWN_DRIVERS, Cuda, nim_cuda, triton_cuda, trtllm_cuda, vllm_cuda
from catalog.gpu_machines import GPU_MACHINES
from catalog.quotas import QUOTAS, ec2_quota, tpu_quota
from catalog.versions import TENSORRT_LLM, VLLM_GPU


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


@pytest.mark.parametrize("machine", GPU_MACHINES)
def test_each_gpu_machine_is_counted_by_a_quota_unless_it_is_in_a_capacity_block(machine: str) -> None:
    assert ec2_quota(machine, "on-demand") in QUOTAS
    assert ec2_quota(machine, "spot") in QUOTAS
    assert ec2_quota(machine, "capacity-block") is None


def test_tpus_are_counted_by_how_they_are_bought() -> None:
    assert tpu_quota("on-demand") != tpu_quota("spot")


@pytest.mark.parametrize("table", [daemons.EKS_GPU, daemons.GKE_TPU])
def test_each_daemon_is_there_once_and_has_its_source(table: tuple[daemons.Daemon, ...]) -> None:
    assert len({daemon.name for daemon in table}) == len(table)
    assert all(daemon.source for daemon in table)
