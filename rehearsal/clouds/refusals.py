"""What a cloud does not delete: what is protected, what others use, and a bucket with objects.

Sources, of what may not be in use: https://cloud.google.com/vpc/docs/create-modify-vpc-networks#deleting_a_network,
https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html,
https://docs.aws.amazon.com/eks/latest/userguide/delete-cluster.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html and
https://docs.aws.amazon.com/efs/latest/ug/delete-efs-fs.html.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from rehearsal.clouds.existing import Existing

GKE_CLUSTER, EKS_CLUSTER = "gcp:container/cluster:Cluster", "aws:eks/cluster:Cluster"
BUCKET = "gcp:storage/bucket:Bucket"

USERS: Mapping[str, tuple[str, ...]] = {
    "aws:ec2/internetGateway:InternetGateway": ("aws:ec2/routeTable:RouteTable",),
    "aws:ec2/placementGroup:PlacementGroup": ("aws:ec2/launchTemplate:LaunchTemplate",),
    "aws:ec2/securityGroup:SecurityGroup": (
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:efs/mountTarget:MountTarget",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ),
    "aws:ec2/subnet:Subnet": (
        "aws:ec2/natGateway:NatGateway",
        "aws:efs/mountTarget:MountTarget",
        "aws:eks/cluster:Cluster",
        "aws:eks/nodeGroup:NodeGroup",
    ),
    "aws:ec2/vpc:Vpc": (
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
    ),
    "aws:efs/fileSystem:FileSystem": ("aws:efs/mountTarget:MountTarget",),
    "aws:eks/cluster:Cluster": ("aws:eks/nodeGroup:NodeGroup",),
    "aws:iam/role:Role": (
        "aws:iam/instanceProfile:InstanceProfile",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    ),
    "gcp:compute/network:Network": (
        "gcp:compute/router:Router",
        "gcp:compute/subnetwork:Subnetwork",
        "gcp:container/cluster:Cluster",
    ),
    "gcp:compute/subnetwork:Subnetwork": ("gcp:container/cluster:Cluster",),
}
"""By type token: the types that keep a resource from being deleted while one of them names it."""

IDENTIFYING = ("arn", "email", "name", "selfLink")
"""Outputs by which others name a resource, beside its id."""


class RefusedError(Exception):
    """The cloud does not do what it was asked."""


def deletion(existing: Existing, others: Iterable[Existing]) -> str:
    """Say why a resource cannot be deleted; empty if it can."""
    inputs = existing.inputs
    # The Terraform provider protects a GKE cluster unless it is told otherwise.
    if existing.type == GKE_CLUSTER and inputs.get("deletionProtection", True):
        return f"cannot destroy cluster {existing.id} because deletionProtection is true"
    if existing.type == EKS_CLUSTER and inputs.get("deletionProtection"):
        return f"cluster {existing.id} has deletion protection enabled"
    if existing.type == BUCKET and existing.objects and not inputs.get("forceDestroy"):
        return f"bucket {existing.id} has {existing.objects} objects, and forceDestroy is false"
    users = [each.id for each in others if _uses(each, existing)]
    return f"{existing.id} is in use by {', '.join(sorted(users))}" if users else ""


def _uses(user: Existing, used: Existing) -> bool:
    if user.type not in USERS.get(used.type, ()):
        return False
    outputs = used.outputs
    names = {used.id, *(outputs[key] for key in IDENTIFYING if isinstance(outputs.get(key), str))}
    return not names.isdisjoint(_strings(user.inputs))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in cast("Mapping[str, Any]", value).values():
            yield from _strings(member)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _strings(item)
