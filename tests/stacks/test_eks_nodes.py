"""What the settings of GPU nodes on EKS become: local disks, EFA, and what the Cluster Autoscaler is told."""

from base64 import b64decode
from collections.abc import Mapping
from email import message_from_bytes

import pytest
import yaml

from offline import Recording
from slipway.catalog.machines import MACHINES
from tests.stacks.edits import Deploy
from tests.stacks.lookup import NODE_CLASS, NODE_GROUP, RELEASE, TEMPLATE, cluster_group, one, release

PLACEMENT = "aws:ec2/placementGroup:PlacementGroup"


@pytest.fixture(scope="module")
def fabric(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-fabric"]


@pytest.fixture(scope="module")
def karpenter(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-karpenter"]


def test_the_disks_of_a_p_machine_become_one_that_images_and_pods_lie_on(fabric: Recording) -> None:
    message = message_from_bytes(b64decode(one(fabric, TEMPLATE, "block").inputs["userData"]))
    assert message.get_content_type() == "multipart/mixed"
    _, part = message.walk()
    assert part.get_content_type() == "application/node.eks.aws"
    config = yaml.safe_load(str(part.get_payload()))
    assert (config["apiVersion"], config["kind"]) == ("node.eks.aws/v1alpha1", "NodeConfig")
    assert config["spec"] == {"instance": {"localStorage": {"strategy": "RAID0"}}}
    assert "userData" not in one(fabric, TEMPLATE, "close").inputs


def test_the_autoscaler_knows_the_disk_and_the_interfaces_of_a_node_that_is_not_there_yet(fabric: Recording) -> None:
    """A pod that asks for disk fits no node of an empty group otherwise."""
    prefix = "k8s.io/cluster-autoscaler/node-template/resources"
    assert one(fabric, NODE_GROUP, "block").inputs["tags"] == {
        f"{prefix}/ephemeral-storage": "25479Gi",
        f"{prefix}/vpc.amazonaws.com/efa": "16",
    }
    assert one(fabric, NODE_GROUP, "close").inputs["tags"][f"{prefix}/ephemeral-storage"] == "269Gi"


def test_nodes_with_efa_have_all_interfaces_and_a_group_of_their_own_on_them(fabric: Recording) -> None:
    template = one(fabric, TEMPLATE, "block").inputs
    first, *others = template["networkInterfaces"]
    assert len(others) == MACHINES["p5en.48xlarge"].efa == 16
    assert first["interfaceType"] == "interface"
    assert first["securityGroups"] == [cluster_group(fabric)]
    group = one(fabric, "aws:ec2/securityGroup:SecurityGroup", "block")
    assert {tuple(each["securityGroups"]) for each in others} == {(group.id,)}
    assert "vpcSecurityGroupIds" not in template
    for direction in ("Ingress", "Egress"):
        rule = one(fabric, f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule", "block").inputs
        assert rule["securityGroupId"] == rule["referencedSecurityGroupId"] == group.id
        assert rule["ipProtocol"] == "-1"


def test_free_nodes_with_efa_are_put_close_and_reserved_ones_stay_where_they_are(
    fabric: Recording, karpenter: Recording
) -> None:
    for recording in (fabric, karpenter):
        [placement] = recording.of(PLACEMENT)
        assert placement.name == "close"
        assert placement.inputs["strategy"] == "cluster"
    assert one(fabric, TEMPLATE, "close").inputs["placement"] == {"groupName": "eks-fabric-close"}
    assert "placement" not in one(fabric, TEMPLATE, "block").inputs
    node_class = one(karpenter, NODE_CLASS, "close").inputs["spec"]
    assert node_class["placementGroupSelector"] == {"name": "eks-karpenter-close"}
    assert "placementGroupSelector" not in one(karpenter, NODE_CLASS, "block").inputs["spec"]


def test_the_plugin_for_efa_runs_where_the_interfaces_are_and_nowhere_else(
    fabric: Recording, recordings: Mapping[str, Recording]
) -> None:
    values = release(fabric, "aws-efa-k8s-device-plugin").inputs["values"]
    assert values["nodeSelector"].items() <= one(fabric, NODE_GROUP, "block").inputs["labels"].items()
    assert values["tolerations"] == [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    names = {found.inputs["name"] for found in recordings["eks-nim"].of(RELEASE)}
    assert "aws-efa-k8s-device-plugin" not in names


def test_a_pool_without_efa_has_the_network_that_eks_gives_it(deployed: Deploy) -> None:
    template = one(deployed(stack="eks-nim"), TEMPLATE, "l40s").inputs
    assert not {"networkInterfaces", "placement", "userData"} & template.keys()
