"""What load makes a page show, by which a story decides how many clients it needs."""

import copy
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline import Recording
from rehearsal import stack
from rehearsal.engine.steady import steady
from rehearsal.server import Server
from rehearsal.story.diagnosis import out_of_reach
from rehearsal.story.goals import goal

USE, WAITING = "vllm:kv_cache_usage_perc", "vllm:num_requests_waiting"


@pytest.fixture(scope="module")
def nim(recordings: Mapping[str, Recording]) -> Server:
    [found] = stack.read(recordings["eks-nim"]).servers
    return found


def test_within_a_batch_the_cache_fills_with_the_requests(nim: Server) -> None:
    few, many = (steady(nim.engine, USE, requests, nim.load.shape) for requests in (50, 200))
    assert few is not None
    assert many is not None
    assert many / few == pytest.approx(4, rel=0.05)
    limits = nim.engine.limits
    assert limits is not None
    half = 200 * limits.blocks_for(nim.load.shape.prompt + nim.load.shape.answer // 2) / limits.blocks
    assert many == pytest.approx(half, rel=0.1)


def test_beyond_a_batch_requests_wait(nim: Server) -> None:
    assert steady(nim.engine, WAITING, 300, nim.load.shape) == pytest.approx(300 - nim.engine.slots, abs=1)


def test_a_series_that_the_page_lacks_has_no_value(nim: Server) -> None:
    assert steady(nim.engine, "gpu_cache_usage_perc", 10, nim.load.shape) is None


def test_a_story_aims_at_three_replicas_where_there_may_be_more(nim: Server) -> None:
    aim = goal(nim, USE)
    assert aim.replicas == 3
    requests = aim.clients * nim.load.concurrency
    with_two, with_three = (steady(nim.engine, USE, requests // count, nim.load.shape) or 0 for count in (2, 3))
    assert with_two >= 1.2 * nim.target
    assert with_three * 3 > 2 * nim.target, "three are not too many"
    assert with_three <= nim.target, "and they are enough"


def test_a_target_above_what_a_full_batch_shows_is_out_of_reach(nim: Server) -> None:
    autoscaler = copy.deepcopy(nim.autoscaler)
    autoscaler["spec"]["metrics"][0]["pods"]["target"]["averageValue"] = "990m"
    never = replace(nim, autoscaler=autoscaler)
    assert goal(nim, USE).is_within_reach
    aim = goal(never, USE)
    assert not aim.is_within_reach
    assert aim.clients * never.load.concurrency >= never.engine.slots * aim.replicas
    assert "whatever the load" in out_of_reach(never).text


@given(st.integers(260, 600), st.integers(260, 600))
def test_beyond_a_batch_more_requests_never_show_less(nim: Server, one: int, other: int) -> None:
    low, high = sorted((one, other))
    shown = [steady(nim.engine, WAITING, requests, nim.load.shape) or 0 for requests in (low, high)]
    assert shown[0] <= shown[1] + 1
