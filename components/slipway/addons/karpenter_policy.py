"""What Karpenter may do in AWS: what its CloudFormation template grants, less what a fixed instance profile spares.

Source: aws/karpenter-provider-aws:website/content/en/docs/reference/cloudformation.md at v1.14.1. Each change is bound
to this cluster by the tags that Karpenter puts on whatever it makes. It makes no instance profiles here, and zonal
shift is off.
"""

from collections.abc import Mapping, Sequence
from typing import Any

MADE = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
"""Kinds of EC2 resources that a launch makes."""

SEEN = (
    *("CapacityReservations", "Images", "Instances", "InstanceStatus", "InstanceTypeOfferings", "InstanceTypes"),
    *("LaunchTemplates", "PlacementGroups", "SecurityGroups", "SpotPriceHistory", "Subnets"),
)
"""What Karpenter looks at before a launch."""


def controller_statements(
    *, cluster: str, cluster_arn: str, region: str, node_role: str, instance_profile: str, queue: str
) -> Sequence[Mapping[str, Any]]:
    """Return the statements of the controller's policy; but for the cluster's name and the region, all are ARNs."""
    return [
        *_launches(cluster, region),
        *_changes(cluster, region),
        *_reads(region),
        _allow("iam:PassRole", node_role, {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
        _allow("iam:GetInstanceProfile", instance_profile),
        _allow("iam:ListInstanceProfiles", "*"),
        _allow("eks:DescribeCluster", cluster_arn),
        _allow(["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], queue),
    ]


def _launches(cluster: str, region: str) -> list[Mapping[str, Any]]:
    launch = ["ec2:RunInstances", "ec2:CreateFleet"]
    used = ("security-group", "subnet", "capacity-reservation", "placement-group")
    made = _ec2(region, *MADE)
    tagged = {
        "StringEquals": {
            f"aws:RequestTag/kubernetes.io/cluster/{cluster}": "owned",
            "aws:RequestTag/eks:eks-cluster-name": cluster,
        },
        "StringLike": {"aws:RequestTag/karpenter.sh/nodepool": "*"},
    }
    tagging = {
        "StringEquals": {
            **tagged["StringEquals"],
            "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
        },
        "StringLike": tagged["StringLike"],
    }
    images = [f"arn:aws:ec2:{region}::{kind}/*" for kind in ("image", "snapshot")]
    return [
        _allow(launch, [*images, *_ec2(region, *used)]),
        _allow(launch, _ec2(region, "launch-template"), _own(cluster)),
        _allow([*launch, "ec2:CreateLaunchTemplate"], made, tagged),
        _allow("ec2:CreateTags", made, tagging),
    ]


def _changes(cluster: str, region: str) -> list[Mapping[str, Any]]:
    own = _own(cluster)
    names = {
        **own,
        "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": cluster},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]},
    }
    return [
        _allow("ec2:CreateTags", _ec2(region, "instance"), names),
        _allow(
            ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"], _ec2(region, "instance", "launch-template"), own
        ),
    ]


def _reads(region: str) -> list[Mapping[str, Any]]:
    here = {"StringEquals": {"aws:RequestedRegion": region}}
    return [
        _allow([f"ec2:Describe{what}" for what in SEEN], "*", here),
        _allow("ssm:GetParameter", f"arn:aws:ssm:{region}::parameter/aws/service/*"),
        _allow("pricing:GetProducts", "*"),
    ]


def _own(cluster: str) -> Mapping[str, Any]:
    return {
        "StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{cluster}": "owned"},
        "StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"},
    }


def _ec2(region: str, *kinds: str) -> list[str]:
    return [f"arn:aws:ec2:{region}:*:{kind}/*" for kind in kinds]


def _allow(
    action: str | list[str], resource: str | list[str], condition: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement
