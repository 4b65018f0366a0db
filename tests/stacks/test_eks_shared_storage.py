"""What storage that servers share becomes on EKS."""

import json
from collections.abc import Mapping

import pytest

from offline import Recording
from tests.stacks.edits import Deploy
from tests.stacks.lookup import cluster_group, listed, one, statements


@pytest.fixture(scope="module")
def karpenter(recordings: Mapping[str, Recording]) -> Recording:
    return recordings["eks-karpenter"]


def test_shared_storage_is_in_each_zone_and_answers_nodes_alone(karpenter: Recording) -> None:
    [files] = karpenter.of("aws:efs/fileSystem:FileSystem")
    assert (files.inputs["encrypted"], files.inputs["throughputMode"]) == (True, "elastic")
    private = {subnet.id for subnet in karpenter.of("aws:ec2/subnet:Subnet") if "private" in subnet.name}
    targets = karpenter.of("aws:efs/mountTarget:MountTarget")
    assert {target.inputs["subnetId"] for target in targets} == private
    [group] = [g for g in karpenter.of("aws:ec2/securityGroup:SecurityGroup") if g.name == "eks-karpenter-shared"]
    assert {tuple(target.inputs["securityGroups"]) for target in targets} == {(group.id,)}
    rules = [
        rule.inputs
        for rule in karpenter.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if rule.inputs["securityGroupId"] == group.id
    ]
    assert [(rule["referencedSecurityGroupId"], rule["fromPort"], rule["toPort"]) for rule in rules] == [
        (cluster_group(karpenter), 2049, 2049)
    ]


def test_shared_storage_speaks_tls_alone_and_lets_nobody_be_root(karpenter: Recording) -> None:
    [policy] = karpenter.of("aws:efs/fileSystemPolicy:FileSystemPolicy")
    allowed, denied = json.loads(policy.inputs["policy"])["Statement"]
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    assert allowed["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    [access] = karpenter.of("aws:efs/accessPoint:AccessPoint")
    assert allowed["Condition"] == {
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
        "StringEquals": {"elasticfilesystem:AccessPointArn": access.state["arn"]},
    }
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert access.inputs["posixUser"]["uid"] == access.inputs["rootDirectory"]["creationInfo"]["ownerUid"] == 1000


def test_pods_mount_shared_storage_once_it_can_be_mounted(karpenter: Recording) -> None:
    [volume] = karpenter.of("kubernetes:core/v1:PersistentVolume")
    [claim] = karpenter.of("kubernetes:core/v1:PersistentVolumeClaim")
    [files] = karpenter.of("aws:efs/fileSystem:FileSystem")
    [access] = karpenter.of("aws:efs/accessPoint:AccessPoint")
    assert volume.inputs["spec"]["csi"] == {
        "driver": "efs.csi.aws.com",
        "volumeHandle": f"{files.id}::{access.id}",
    }
    assert volume.inputs["spec"]["accessModes"] == claim.inputs["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume.inputs["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert claim.inputs["metadata"]["namespace"] == "models"
    for server in ("large", "small"):
        deployment = one(karpenter, "kubernetes:apps/v1:Deployment", server)
        volumes = deployment.inputs["spec"]["template"]["spec"]["volumes"]
        [shared] = [each for each in volumes if each["name"] == "shared"]
        assert shared["persistentVolumeClaim"] == {"claimName": claim.state["metadata"]["name"]}
        targets = {target.urn for target in karpenter.of("aws:efs/mountTarget:MountTarget")}
        assert {claim.urn, *targets} <= set(deployment.dependencies)


def test_the_storage_driver_may_find_its_file_system_and_make_nothing(karpenter: Recording) -> None:
    for statement in statements(karpenter, "eks-karpenter-shared-efs-csi"):
        assert all(":Describe" in action for action in listed(statement["Action"]))
    [driver] = [
        add_on for add_on in karpenter.of("aws:eks/addon:Addon") if add_on.inputs["addonName"] == "aws-efs-csi-driver"
    ]
    [volume] = karpenter.of("kubernetes:core/v1:PersistentVolume")
    assert driver.urn in volume.dependencies
    accounts = [identity["serviceAccount"] for identity in driver.inputs["podIdentityAssociations"]]
    assert accounts == ["efs-csi-controller-sa", "efs-csi-node-sa"]


def test_shared_storage_is_kept_where_asked_and_costs_what_it_holds(deployed: Deploy, karpenter: Recording) -> None:
    [kept] = karpenter.of("aws:efs/fileSystem:FileSystem")
    assert kept.retain_on_delete
    without = deployed(stack="eks-nim")
    assert not without.of("aws:efs/fileSystem:FileSystem")
    shared = {"sharedStorage": {"expectedGib": 1000, "keepOnDestroy": False}}
    dearer = deployed(lambda stack: stack.update(shared), stack="eks-nim")
    [gone] = dearer.of("aws:efs/fileSystem:FileSystem")
    assert not gone.retain_on_delete
    more = dearer.outputs["costUsd"]["perMonth"]["floor"] - without.outputs["costUsd"]["perMonth"]["floor"]
    assert more == pytest.approx(300, abs=10)
