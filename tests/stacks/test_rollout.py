"""How replicas are exchanged, and what that asks of a pool."""

import pytest

from tests.stacks.edits import Deploy, Refuse, Stack
from tests.stacks.lookup import one

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SERVERS = {"gke-tpu": "llama", "eks-nim": "llama", "eks-triton": "llama", "eks-h200": "llama", "eks-sglang": "llama"}


def surge(stack: Stack) -> None:
    for server in stack["servers"].values():
        server["rollout"] = {"surge": 1}


def room(stack: Stack) -> None:
    for pool in stack["cluster"]["pools"].values():
        pool["maxNodes"] += 1


@pytest.mark.parametrize("stack", SERVERS)
def test_with_a_spare_node_a_successor_is_ready_before_a_replica_goes(stack: str, deployed: Deploy) -> None:
    recording = deployed(surge, room, stack=stack)
    for name in recording.outputs["endpoints"]:
        strategy = one(recording, DEPLOYMENT, name).inputs["spec"]["strategy"]
        assert strategy["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_without_a_spare_node_an_update_would_wait_for_ever(refused: Refuse) -> None:
    [finding] = refused(surge).values()
    assert finding.path == "servers.llama.autoscaling.maxReplicas"
    assert "(llama 3 replicas on ct6e-standard-8t, 1 of them for an update)" in finding.message
    assert "lower maxReplicas to a sum of 1, or raise cluster.pools.v6e.maxNodes to 3" in finding.remedy


def by_the_operator(stack: Stack) -> None:
    stack["servers"]["llama"]["deployment"] = {"type": "operator"}


def test_the_nim_operator_exchanges_replicas_as_it_likes(refused: Refuse) -> None:
    assert "servers.llama.rollout.surge" in refused(surge, room, by_the_operator, stack="eks-nim")
