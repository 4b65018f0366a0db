"""Nodes follow the pods, within the bounds of their pools."""

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal import scheduling
from rehearsal.client import Client, Json
from rehearsal.mirror import Mirror
from rehearsal.node_autoscaler import NodeAutoscaler
from rehearsal.node_demand import Step, wanted
from rehearsal.nodes import Pool, initial_nodes, nodes_of_step
from tests.rehearsal.objects import (
    TPU,
    TPU_TAINT,
    TPU_TOLERATION,
    condition,
    deployment,
    eventually,
    is_ready,
    pod,
    pool,
)


def waiting(name: str, requests: dict[str, str], **spec: object) -> Json:
    manifest = pod(name, "x", requests, **spec)
    for each in manifest["spec"]["containers"]:
        each["resources"]["requests"] = requests
    return {**manifest, "status": {"conditions": [{"type": "PodScheduled", "reason": "Unschedulable"}]}}


@contextmanager
def autoscaler(client: Client, pools: Sequence[Pool], add: float, remove: float) -> Generator[Mirror]:
    """Give a mirror of the nodes, and take the pools' nodes away at the end."""
    with (
        Mirror(client, "v1", "Node") as nodes,
        Mirror(client, "v1", "Pod") as pods,
        NodeAutoscaler(
            client,
            lambda: {pool.name: pool for pool in pools},
            nodes=nodes,
            pods=pods,
            add_seconds=add,
            remove_seconds=remove,
        ),
    ):
        yield nodes
    for node in client.list("v1", "Node"):
        client.delete(node)


def test_pending_pods_add_nodes_up_to_the_maximum_and_empty_ones_go(client: Client, space: str) -> None:
    chips = pool("scaled", {TPU: "4"}, minimum=1, maximum=2, taints=(TPU_TAINT,))
    template = pod("x", space, {TPU: "4"}, tolerations=[TPU_TOLERATION])
    server = deployment("server", space, 1, template)
    for node in initial_nodes([chips]):
        client.create(node)

    def pods(phase: str) -> int:
        return sum(each["status"]["phase"] == phase for each in client.list("v1", "Pod", namespace=space))

    with autoscaler(client, [chips], add=1, remove=1.5) as nodes:
        client.apply(server)
        eventually(lambda: pods("Running") == 1)
        assert len(nodes.objects) == 1

        client.scale(server, 3)
        eventually(lambda: pods("Pending") == 2)
        began = time.monotonic()
        eventually(lambda: pods("Running") == 2)
        assert time.monotonic() - began > 0.8
        time.sleep(1.5)
        assert (pods("Running"), pods("Pending"), len(nodes.objects)) == (2, 1, 2)

        client.scale(server, 0)
        eventually(lambda: len(nodes.objects) == 1)
        time.sleep(2)
        assert len(nodes.objects) == 1


def test_a_slice_comes_and_goes_whole(client: Client, space: str) -> None:
    hosts = pool("slice", {TPU: "4"}, maximum=4, step=2, taints=(TPU_TAINT,))
    server = deployment("server", space, 1, pod("x", space, {TPU: "4"}, tolerations=[TPU_TOLERATION]))
    with autoscaler(client, [hosts], add=0.2, remove=1) as nodes:
        client.apply(server)
        eventually(lambda: len(nodes.objects) == 2)
        eventually(lambda: all(is_ready(client, node) for node in nodes.objects))
        eventually(lambda: condition(client.get(server), "Available").get("status") == "True")
        time.sleep(1.5)
        assert len(nodes.objects) == 2
        client.scale(server, 0)
        eventually(lambda: not nodes.objects)


@st.composite
def tpu_pool(draw: st.DrawFn) -> Pool:
    step = draw(st.sampled_from([1, 2, 4]))
    chips = draw(st.sampled_from([1, 4, 8]))
    return pool(f"p{draw(st.integers(0, 10**6))}", {TPU: str(chips)}, maximum=step * draw(st.integers(0, 3)), step=step)


POOLS = st.lists(tpu_pool(), max_size=3, unique_by=lambda each: each.name)
PODS = st.lists(st.sampled_from([1, 2, 4, 8, 16]), max_size=12).map(
    lambda chips: [waiting(f"pod-{number}", {TPU: str(each)}) for number, each in enumerate(chips)]
)


@given(POOLS, PODS)
def test_pools_stay_within_their_maximum_and_a_pod_waits_only_when_they_are_full(
    pools: list[Pool], pods: list[Json]
) -> None:
    added = wanted(pools, [], pods, [])
    assert len(set(added)) == len(added)
    full = [each for each in pools if sum(step.pool == each.name for step in added) == each.maximum // each.step]
    assert all(step.number < each.maximum // each.step for each in pools for step in added if step.pool == each.name)

    by_name = {each.name: each for each in pools}
    rooms = [node for step in added for node in nodes_of_step(by_name[step.pool], step.number)]
    left = {node["metadata"]["name"]: scheduling.free(node, []) for node in rooms}
    for each in pods:
        found = next((node for node in rooms if scheduling.fits(each, node, left[node["metadata"]["name"]])), None)
        if found is None:
            empty = [node for other in pools if other not in full for node in nodes_of_step(other, 0)]
            assert not any(scheduling.fits(each, node, scheduling.free(node, [])) for node in empty)
        else:
            name = found["metadata"]["name"]
            left[name] = scheduling.take(left[name], each)


@given(POOLS, PODS)
def test_nodes_on_their_way_are_not_ordered_twice(pools: list[Pool], pods: list[Json]) -> None:
    added = wanted(pools, [], pods, [])
    assert wanted(pools, [], pods, added) == []
    by_name = {each.name: each for each in pools}
    there = [node for step in added for node in nodes_of_step(by_name[step.pool], step.number)]
    assert wanted(pools, there, pods, added) == []


def test_the_first_pool_that_fits_is_taken() -> None:
    small, large = pool("small", {TPU: "1"}), pool("large", {TPU: "8"}, maximum=2)
    one, eight, second = (waiting(f"needs-{chips}", {TPU: str(chips)}) for chips in (1, 8, 8))
    assert wanted([small, large], [], [one, eight, second], []) == [
        Step("small", 0),
        Step("large", 0),
        Step("large", 1),
    ]
    assert wanted([large, small], [], [one], []) == [Step("large", 0)]


def test_a_pod_that_no_pool_can_hold_adds_nothing() -> None:
    tainted = pool("tainted", {TPU: "4"}, maximum=4, taints=(TPU_TAINT,))
    assert wanted([tainted], [], [waiting("intolerant", {TPU: "4"})], []) == []
    assert wanted([tainted], [], [waiting("too-large", {TPU: "5"}, tolerations=[TPU_TOLERATION])], []) == []


@pytest.mark.parametrize(("minimum", "maximum", "step"), [(1, 4, 2), (0, 3, 2), (3, 2, 1), (-1, 1, 1)])
def test_a_pool_has_whole_steps(minimum: int, maximum: int, step: int) -> None:
    with pytest.raises(ValueError, match="multiples"):
        pool("odd", {}, minimum=minimum, maximum=maximum, step=step)
