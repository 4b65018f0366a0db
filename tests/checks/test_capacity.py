from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.capacity import Server, capacity_ladder

SERVER = Server(min_replicas=1, max_replicas=5, tokens_per_second=2000, usd_per_node_hour=21.6, usd_per_hour_beside=0.1)


def test_a_ladder_doubles_up_to_the_most_replicas() -> None:
    rungs = capacity_ladder(SERVER)
    assert [rung.replicas for rung in rungs] == [1, 2, 4, 5]
    assert [rung.tokens_per_second for rung in rungs] == [2000, 4000, 8000, 10000]
    assert [rung.usd_per_hour for rung in rungs] == pytest.approx([21.7, 43.3, 86.5, 108.1])
    assert [rung.usd_per_million_tokens for rung in rungs] == pytest.approx([3.0139, 3.0069, 3.0035, 3.0028], abs=1e-4)


def test_nothing_but_the_rest_is_paid_without_a_replica() -> None:
    lowest, first, *_ = capacity_ladder(replace(SERVER, min_replicas=0))
    assert (lowest.nodes, lowest.usd_per_hour, lowest.usd_per_million_tokens) == (0, 0.1, None)
    assert first.replicas == 1


def test_replicas_share_nodes_or_take_several() -> None:
    shared = replace(SERVER, nodes_per_replica=Fraction(1, 4))
    assert [rung.nodes for rung in capacity_ladder(shared)] == [1, 1, 1, 2]
    spread = replace(SERVER, nodes_per_replica=Fraction(2))
    assert [rung.nodes for rung in capacity_ladder(spread)] == [2, 4, 8, 10]


def test_a_pool_that_keeps_nodes_is_paid_for_them() -> None:
    kept = replace(SERVER, min_nodes=3)
    assert [rung.nodes for rung in capacity_ladder(kept)] == [3, 3, 4, 5]


@pytest.mark.parametrize(("low", "high"), [(2, 1), (-1, 2), (0, 0)])
def test_replicas_that_are_no_range_are_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match=f"{low} to {high} replicas is not a range"):
        replace(SERVER, min_replicas=low, max_replicas=high)


@pytest.mark.parametrize(("throughput", "nodes"), [(0, Fraction(1)), (2000, Fraction(0))])
def test_a_replica_without_throughput_or_nodes_is_refused(throughput: float, nodes: Fraction) -> None:
    with pytest.raises(ValueError, match="both must be positive"):
        replace(SERVER, tokens_per_second=throughput, nodes_per_replica=nodes)


@st.composite
def servers(draw: st.DrawFn) -> Server:
    low = draw(st.integers(0, 20))
    return Server(
        min_replicas=low,
        max_replicas=draw(st.integers(max(low, 1), 200)),
        tokens_per_second=draw(st.floats(1, 100_000)),
        nodes_per_replica=draw(st.sampled_from([Fraction(1, 8), Fraction(1, 3), Fraction(1), Fraction(4)])),
        min_nodes=draw(st.integers(0, 8)),
        usd_per_node_hour=draw(st.floats(0.1, 100)),
        usd_per_hour_beside=draw(st.floats(0, 10)),
    )


@given(servers())
def test_each_rung_does_more_and_never_costs_less(server: Server) -> None:
    rungs = capacity_ladder(server)
    assert (rungs[0].replicas, rungs[-1].replicas) == (server.min_replicas, server.max_replicas)
    for lower, higher in pairwise(rungs):
        assert lower.tokens_per_second < higher.tokens_per_second
        assert lower.usd_per_hour <= higher.usd_per_hour
    for rung in rungs:
        assert rung.nodes >= rung.replicas * server.nodes_per_replica
        if rung.usd_per_million_tokens is not None:
            hourly_tokens = rung.tokens_per_second * 3600 / 1_000_000
            assert rung.usd_per_million_tokens * hourly_tokens == pytest.approx(rung.usd_per_hour)
