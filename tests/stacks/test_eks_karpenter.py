"""What the settings of GPU nodes become where Karpenter makes them."""

import json
from collections.abc import Mapping

import pytest

from offline import Recording
from tests.stacks.lookup import (
    NODE_CLASS,
    NODE_GROUP,
    NODE_POOL,
    RELEASE,
    cluster_group,
    listed,
    one,
    release,
    statements,
)


@pytest.fixture(scope="module")
def karpenter(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-karpenter"]


@pytest.fixture(scope="module")
def fabric(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-fabric"]


def test_karpenter_makes_the_nodes_that_a_node_group_would_have(karpenter: Recording) -> None:
    assert [group.name for group in karpenter.of(NODE_GROUP)] == ["eks-karpenter-system"]
    pool = one(karpenter, NODE_POOL, "free").inputs["spec"]
    assert pool["template"]["metadata"]["labels"] == {"slipway.dev/pool": "free", "nvidia.com/gpu": "present"}
    spec = pool["template"]["spec"]
    assert spec["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    assert {each["key"]: each["values"] for each in spec["requirements"]} == {
        "node.kubernetes.io/instance-type": ["g6e.xlarge"],
        "karpenter.sh/capacity-type": ["on-demand"],
        "topology.kubernetes.io/zone": ["us-east-2a", "us-east-2b"],
    }
    node_class = one(karpenter, NODE_CLASS, "free").inputs["spec"]
    assert spec["nodeClassRef"]["name"] == one(karpenter, NODE_CLASS, "free").inputs["metadata"]["name"]
    [disk] = node_class["blockDeviceMappings"]
    assert disk["ebs"] == {"volumeSize": "120Gi", "volumeType": "gp3", "encrypted": True, "deleteOnTermination": True}
    assert node_class["metadataOptions"]["httpTokens"] == "required"
    assert "instanceStorePolicy" not in node_class
    assert one(karpenter, NODE_CLASS, "block").inputs["spec"]["instanceStorePolicy"] == "RAID0"


def test_karpenter_makes_no_more_gpus_than_the_pool_may_have(karpenter: Recording) -> None:
    limits = {pool.name: pool.inputs["spec"]["limits"] for pool in karpenter.of(NODE_POOL)}
    assert limits == {
        "block": {"nvidia.com/gpu": 16},
        "close": {"nvidia.com/gpu": 16},
        "free": {"nvidia.com/gpu": 4},
        "reserved": {"nvidia.com/gpu": 4},
    }


def test_karpenter_takes_no_node_from_a_replica_that_runs(karpenter: Recording) -> None:
    for pool in karpenter.of(NODE_POOL):
        assert pool.inputs["spec"]["disruption"] == {
            "consolidationPolicy": "WhenEmpty",
            "consolidateAfter": "10m",
            "budgets": [{"nodes": "1"}],
        }
        assert pool.inputs["spec"]["template"]["spec"]["expireAfter"] == "Never"


def test_reserved_nodes_are_those_of_the_reservation(karpenter: Recording) -> None:
    for name, id_ in {"block": "cr-0123456789abcdef0", "reserved": "cr-0fedcba9876543210"}.items():
        terms = one(karpenter, NODE_CLASS, name).inputs["spec"]["capacityReservationSelectorTerms"]
        assert terms == [{"id": id_}]
        requirements = one(karpenter, NODE_POOL, name).inputs["spec"]["template"]["spec"]["requirements"]
        assert {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["reserved"]} in requirements
    assert "capacityReservationSelectorTerms" not in one(karpenter, NODE_CLASS, "free").inputs["spec"]


def test_what_karpenter_looks_for_by_tag_is_there(karpenter: Recording) -> None:
    key = "karpenter.sh/discovery"
    tagged = [
        subnet.inputs["availabilityZone"]
        for subnet in karpenter.of("aws:ec2/subnet:Subnet")
        if subnet.inputs["tags"].get(key) == "eks-karpenter"
    ]
    assert tagged == ["us-east-2a", "us-east-2b"]
    [tag] = karpenter.of("aws:ec2/tag:Tag")
    assert tag.inputs == {"resourceId": cluster_group(karpenter), "key": key, "value": "eks-karpenter"}
    values = {tag.inputs["value"]} | {
        group.inputs["tags"][key]
        for group in karpenter.of("aws:ec2/securityGroup:SecurityGroup")
        if key in group.inputs["tags"]
    }
    for node_class in karpenter.of(NODE_CLASS):
        terms = node_class.inputs["spec"]["securityGroupSelectorTerms"]
        assert {term["tags"][key] for term in terms} <= values
        assert len(terms) == (2 if "networkInterfaces" in node_class.inputs["spec"] else 1)
        assert tag.urn in node_class.dependencies


def test_nodes_of_karpenter_may_join(karpenter: Recording) -> None:
    [profile] = karpenter.of("aws:iam/instanceProfile:InstanceProfile")
    [entry] = karpenter.of("aws:eks/accessEntry:AccessEntry")
    [role] = [role.state for role in karpenter.of("aws:iam/role:Role") if role.name == "eks-karpenter-karpenter-nodes"]
    assert profile.inputs["role"] == role["name"]
    assert (entry.inputs["type"], entry.inputs["principalArn"]) == ("EC2_LINUX", role["arn"])
    for node_class in karpenter.of(NODE_CLASS):
        assert node_class.inputs["spec"]["instanceProfile"] == profile.inputs["name"]


def test_the_controller_changes_only_what_is_tagged_as_the_clusters(karpenter: Recording) -> None:
    # What a launch uses and does not make belongs to others, and carries no tag of the cluster's.
    used = {"image", "snapshot", "security-group", "subnet", "capacity-reservation", "placement-group"}
    changes = [
        statement
        for statement in statements(karpenter, "eks-karpenter-karpenter")
        if not all(":Describe" in action for action in listed(statement["Action"]))
        and any(action.startswith("ec2:") for action in listed(statement["Action"]))
    ]
    assert len(changes) == 6
    for statement in changes:
        kinds = {arn.rpartition(":")[2].removesuffix("/*") for arn in statement["Resource"]}
        if kinds != used:
            assert any(
                "Tag/kubernetes.io/cluster/eks-karpenter" in key for key in statement["Condition"]["StringEquals"]
            ), statement


def test_the_controller_reads_everything_and_changes_nothing_everywhere(karpenter: Recording) -> None:
    for statement in statements(karpenter, "eks-karpenter-karpenter"):
        if statement["Resource"] == "*":
            verbs = {action.partition(":")[2] for action in listed(statement["Action"])}
            assert all(verb.startswith(("Describe", "Get", "List")) for verb in verbs)


def test_a_node_with_a_fault_is_replaced_as_those_of_node_groups_are(karpenter: Recording) -> None:
    assert release(karpenter, "karpenter").inputs["values"]["settings"]["featureGates"] == {"nodeRepair": True}
    agents = [each.inputs["addonName"] for each in karpenter.of("aws:eks/addon:Addon")]
    assert "eks-node-monitoring-agent" in agents


def test_warnings_of_ec2_reach_the_controller(karpenter: Recording) -> None:
    [queue] = karpenter.of("aws:sqs/queue:Queue")
    values = release(karpenter, "karpenter").inputs["values"]
    assert values["replicas"] == 2
    settings = values["settings"]
    assert (settings["clusterName"], settings["interruptionQueue"]) == ("eks-karpenter", queue.state["name"])
    kinds = [json.loads(rule.inputs["eventPattern"]) for rule in karpenter.of("aws:cloudwatch/eventRule:EventRule")]
    assert {"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]} in kinds
    targets = karpenter.of("aws:cloudwatch/eventTarget:EventTarget")
    assert len(targets) == len(kinds) == 5
    assert {target.inputs["arn"] for target in targets} == {queue.state["arn"]}
    [policy] = karpenter.of("aws:sqs/queuePolicy:QueuePolicy")
    allowed, denied = json.loads(policy.inputs["policy"])["Statement"]
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    rules = {rule.state["arn"] for rule in karpenter.of("aws:cloudwatch/eventRule:EventRule")}
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert set(allowed["Condition"]["ArnEquals"]["aws:SourceArn"]) == rules


def test_one_autoscaler_of_nodes_goes_into_a_cluster(karpenter: Recording, fabric: Recording) -> None:
    autoscalers = {"cluster-autoscaler", "karpenter"}
    for recording, chosen in ((karpenter, "karpenter"), (fabric, "cluster-autoscaler")):
        assert autoscalers & {found.inputs["name"] for found in recording.of(RELEASE)} == {chosen}
