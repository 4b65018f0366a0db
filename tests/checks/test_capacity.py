from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.checks.capacity import Nodes, Server, capacity_ladder

ONE_EACH = Nodes(count=lambda replicas: replicas, usd_per_hour=21.6)
SERVER = Server(min_replicas=1, max_replicas=5, tokens_per_second=2000, nodes=ONE_EACH, usd_per_hour_beside=0.1)


def test_a_ladder_doubles_up_to_the_most_replicas() -> None:
    rungs = capacity_ladder(SERVER)
    assert [rung.replicas for rung in rungs] == [1, 2, 4, 5]
    assert [rung.tokens_per_second for rung in rungs] == [2000, 4000, 8000, 10000]
    assert [rung.usd_per_hour for rung in rungs] == pytest.approx([21.7, 43.3, 86.5, 108.1])
    assert [rung.usd_per_million_tokens for rung in rungs] == pytest.approx([3.0139, 3.0069, 3.0035, 3.0028], abs=1e-4)


def test_nodes_are_those_of_the_pool() -> None:
    shared = Nodes(count=lambda replicas: max(-(-replicas // 4), 1), usd_per_hour=10)
    rungs = capacity_ladder(replace(SERVER, nodes=shared))
    assert [rung.nodes for rung in rungs] == [1, 1, 1, 2]
    assert [rung.usd_per_hour for rung in rungs] == pytest.approx([10.1, 10.1, 10.1, 20.1])


def test_without_a_throughput_there_is_no_price_of_a_token() -> None:
    for rung in capacity_ladder(replace(SERVER, tokens_per_second=None)):
        assert rung.usd_per_hour is not None
        assert (rung.tokens_per_second, rung.usd_per_million_tokens) == (None, None)


def test_without_a_price_there_is_no_cost() -> None:
    for rung in capacity_ladder(replace(SERVER, nodes=replace(ONE_EACH, usd_per_hour=None))):
        assert rung.tokens_per_second is not None
        assert (rung.usd_per_hour, rung.usd_per_million_tokens) == (None, None)


def test_servers_share_the_stacks_cost_by_what_their_chips_cost() -> None:
    alone = SERVER.rung(1).usd_per_million_tokens
    beside_one_as_dear = replace(SERVER, weight=21.6, other_weight=21.6).rung(1).usd_per_million_tokens
    assert alone is not None
    assert beside_one_as_dear == pytest.approx(alone / 2)


@pytest.mark.parametrize(("low", "high"), [(2, 1), (-1, 2), (0, 2)])
def test_replicas_that_are_no_range_are_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match=f"{low} to {high} replicas is not a range"):
        replace(SERVER, min_replicas=low, max_replicas=high)


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 8), st.floats(0.1, 100), st.floats(0, 100))
def test_a_ladder_climbs_and_ends_at_its_bounds(low: int, more: int, a_node: int, usd: float, beside: float) -> None:
    nodes = Nodes(count=lambda replicas: -(-replicas // a_node), usd_per_hour=usd)
    server = replace(SERVER, min_replicas=low, max_replicas=low + more, nodes=nodes, usd_per_hour_beside=beside)
    rungs = capacity_ladder(server)
    assert (rungs[0].replicas, rungs[-1].replicas) == (low, low + more)
    for lower, higher in pairwise(rungs):
        assert lower.replicas < higher.replicas <= 2 * lower.replicas
        assert lower.nodes <= higher.nodes
        assert (lower.usd_per_hour or 0) <= (higher.usd_per_hour or 0)


def test_the_price_of_a_token_is_that_of_an_hour_over_its_tokens() -> None:
    rung = SERVER.rung(3)
    assert rung.usd_per_million_tokens == pytest.approx((3 * 21.6 + 0.1) / (3 * 2000 * 3600) * 1e6)
