"""What a person meets who writes a stack on EKS wrong: the place, the value, the reason and the way out."""

import pytest

from tests.stacks.edits import Edit, Refuse, Stack


def pool(stack: Stack) -> Stack:
    return stack["cluster"]["pools"]["l40s"]


def server(stack: Stack) -> Stack:
    return stack["servers"]["llama"]


MISTAKES: dict[str, tuple[Edit, str, str, str]] = {
    "a machine that the catalog lacks": (
        lambda stack: pool(stack).update(instanceType="g4dn.xlarge"),
        "cluster.pools.l40s.instanceType",
        "'g4dn.xlarge' is not a machine of the catalog",
        "g6.xlarge",
    ),
    "a capacity block of a machine that has none": (
        lambda stack: pool(stack).update(
            capacity={"type": "capacity-block", "id": "cr-0123456789abcdef0"}, minNodes=0, zones=["us-east-1a"]
        ),
        "cluster.pools.l40s.capacity.type",
        "g6e.xlarge is not sold as capacity-block",
        "on-demand, spot or reservation",
    ),
    "a reservation in two zones": (
        lambda stack: pool(stack).update(capacity={"type": "reservation", "id": "cr-0123456789abcdef0"}),
        "cluster.pools.l40s.zones",
        "2 zones are given, but a reservation is in one zone",
        "keep the one of the reservation",
    ),
    "EFA on a machine without it": (
        lambda stack: pool(stack).update(efa=True, zones=["us-east-1a"]),
        "cluster.pools.l40s.efa",
        "g6e.xlarge has no EFA interface",
        "g6e.12xlarge",
    ),
    "EFA in two zones": (
        lambda stack: pool(stack).update(efa=True, instanceType="g6e.12xlarge"),
        "cluster.pools.l40s.zones",
        "2 zones are given, but nodes with EFA are in one placement group",
        "write one zone",
    ),
    "nodes that Karpenter is to keep": (
        lambda stack: stack["cluster"].update(nodeAutoscaler={"type": "karpenter"}),
        "cluster.pools.l40s.minNodes",
        "1 nodes cannot be kept: Karpenter makes a node when a pod waits for it",
        "write 0",
    ),
    "an autoscaler of nodes that is none": (
        lambda stack: stack["cluster"].update(nodeAutoscaler={"type": "keda"}),
        "cluster.nodeAutoscaler.type",
        "'keda' is not a choice",
        "karpenter",
    ),
    "more replicas than nodes": (
        lambda stack: pool(stack).update(maxNodes=4),
        "servers.llama.autoscaling.maxReplicas",
        "10 nodes are needed at most (llama 10 replicas on g6e.xlarge), and pool 'l40s' has 4",
        "raise cluster.pools.l40s.maxNodes to 10",
    ),
    "more GPUs than the machine has": (
        lambda stack: server(stack).update(tensorParallel=2),
        "servers.llama.tensorParallel",
        "2 GPUs are used, and a node of pool 'l40s' (g6e.xlarge) has 1",
        "write 1 or less",
    ),
    "too little GPU memory": (
        lambda stack: (pool(stack).update(instanceType="g6.2xlarge"), server(stack).update(maxModelLen=65536)),
        "servers.llama",
        "does not fit",
        "maxModelLen",
    ),
    "too little main memory": (
        lambda stack: (pool(stack).update(instanceType="g5.xlarge"), server(stack).update(maxModelLen=8192)),
        "servers.llama",
        "a pod needs 24 GiB of main memory, and a node of pool 'l40s' (g5.xlarge) leaves 14 GiB",
        "write instanceType: g5.2xlarge in cluster.pools.l40s",
    ),
    "no key": (
        lambda stack: stack.pop("ngc"),
        "slipway:ngcApiKey",
        "is missing: ngc.source is 'pulumi'",
        "pulumi config set --secret slipway:ngcApiKey",
    ),
    "zones of two regions": (
        lambda stack: stack["network"].update(zones=["us-east-1a", "us-east-2b"]),
        "network.zones",
        "'us-east-2b' is not in us-east-1",
        "name zones of one region",
    ),
    "a zone without a subnet": (
        lambda stack: pool(stack).update(zones=["us-east-1c"]),
        "cluster.pools.l40s.zones",
        "'us-east-1c' is not a zone of the network",
        "add it to network.zones",
    ),
    "a VPC that AWS does not make": (
        lambda stack: stack["network"].update(vpc="10.0.0.0/8"),
        "network.vpc",
        "/8 is not between /16 and /20",
        "write 10.0.0.0/16",
    ),
    "an address that is no network": (
        lambda stack: stack["network"].update(vpc="10.0.0.1/16"),
        "network.vpc",
        "'10.0.0.1/16' as a range has bits set",
        "write 10.0.0.0/16",
    ),
    "a generation whose series nobody knows": (
        lambda stack: server(stack).update(version="3.0.0"),
        "servers.llama.version",
        "'3.0.0'",
        "a release of 1.x or 2.x",
    ),
    "a target above the ceiling": (
        lambda stack: server(stack)["autoscaling"]["metric"].update(target=100),
        "servers.llama.autoscaling.metric.target",
        "100 is not below 1",
        "write less than 1",
    ),
    "a pool that is not there": (
        lambda stack: server(stack).update(pool="h200"),
        "servers.llama.pool",
        "there is no pool 'h200'",
        "use l40s",
    ),
    "a budget below the ceiling": (
        lambda stack: stack.update(budget=10),
        "budget",
        "the stack can cost 19.71 USD an hour",
        "lower the maximum of pool l40s",
    ),
    "an adapter that asks at the wrong path": (
        lambda stack: stack.update(values={"prometheusAdapter": {"prometheus": {"path": "/sub"}}}),
        "values.prometheusAdapter",
        "has the path /sub, and Prometheus answers under /",
        'set prometheus.path to ""',
    ),
    "a server that listens elsewhere": (
        lambda stack: server(stack).update(env={"NIM_SERVER_PORT": "9000"}),
        "servers.llama.env.NIM_SERVER_PORT",
        "away from port 8000",
        "leave it out",
    ),
    "a duration that is none": (
        lambda stack: stack.update(values={"prometheusAdapter": {"metricsRelistInterval": "often"}}),
        "values",
        "'often' is no duration",
        "correct it under values",
    ),
    "another kind": (
        lambda stack: stack.update(kind="eks"),
        "kind",
        "'eks': a stack has no kind any more",
        "leave it out, and write provider: eks below cluster",
    ),
}
"""A name for each: the edit, the path of the finding, and what its message and its remedy say."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_its_reason_and_the_way_out(mistake: str, refused: Refuse) -> None:
    edit, path, message, remedy = MISTAKES[mistake]
    found = refused(edit, stack="eks-nim")
    assert set(found) == {path}
    assert message in found[path].message
    assert remedy in found[path].remedy


def test_a_disk_must_hold_image_and_model(refused: Refuse) -> None:
    """Trap 25."""

    def grow(stack: Stack) -> None:
        pool(stack).update(instanceType="g6e.48xlarge", rootVolumeGib=100, maxNodes=10)
        server(stack).update(model="meta-llama/Llama-3.3-70B-Instruct", tensorParallel=8)

    finding = refused(grow, stack="eks-nim")["cluster.pools.l40s.rootVolumeGib"]
    assert "of 100 GiB a node leaves 89 GiB to pods" in finding.message
    assert "too few for the image and the model of servers.llama" in finding.message
    assert finding.remedy == "write 188 or more"
