"""What a deployer may do on AWS for each type of resource that a stack makes, as IAM's own simulation decides it.

Sources: the reference of IAM (`SimulatePrincipalPolicy`, `GetRole`), and the action that each method asks for, in the
Service Authorization Reference. Nothing is done: a simulation only compares policies with names of actions.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from preflight.command import RefusedError
from preflight.question import Answer, UnansweredError
from slipway.checks import Finding

PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "aws:cloudwatch/eventRule:EventRule": ("events:PutRule",),
    "aws:cloudwatch/eventTarget:EventTarget": ("events:PutTargets",),
    "aws:cloudwatch/logGroup:LogGroup": ("logs:CreateLogGroup", "logs:PutRetentionPolicy"),
    "aws:ec2/eip:Eip": ("ec2:AllocateAddress",),
    "aws:ec2/internetGateway:InternetGateway": ("ec2:AttachInternetGateway", "ec2:CreateInternetGateway"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("ec2:CreateLaunchTemplate",),
    "aws:ec2/natGateway:NatGateway": ("ec2:CreateNatGateway",),
    "aws:ec2/placementGroup:PlacementGroup": ("ec2:CreatePlacementGroup",),
    "aws:ec2/routeTable:RouteTable": ("ec2:CreateRoute", "ec2:CreateRouteTable"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("ec2:AssociateRouteTable",),
    "aws:ec2/securityGroup:SecurityGroup": ("ec2:CreateSecurityGroup",),
    "aws:ec2/subnet:Subnet": ("ec2:CreateSubnet",),
    "aws:ec2/tag:Tag": ("ec2:CreateTags",),
    "aws:ec2/vpc:Vpc": ("ec2:CreateVpc", "ec2:ModifyVpcAttribute"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2:CreateVpcEndpoint",),
    "aws:efs/accessPoint:AccessPoint": ("elasticfilesystem:CreateAccessPoint",),
    "aws:efs/fileSystem:FileSystem": ("elasticfilesystem:CreateFileSystem",),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("elasticfilesystem:PutFileSystemPolicy",),
    "aws:efs/mountTarget:MountTarget": ("elasticfilesystem:CreateMountTarget",),
    "aws:eks/accessEntry:AccessEntry": ("eks:CreateAccessEntry",),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("eks:AssociateAccessPolicy",),
    "aws:eks/addon:Addon": ("eks:CreateAddon",),
    "aws:eks/cluster:Cluster": ("eks:CreateCluster", "iam:PassRole"),
    "aws:eks/nodeGroup:NodeGroup": ("eks:CreateNodegroup", "iam:PassRole"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("eks:CreatePodIdentityAssociation", "iam:PassRole"),
    "aws:iam/instanceProfile:InstanceProfile": ("iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile"),
    "aws:iam/role:Role": ("iam:CreateRole",),
    "aws:iam/rolePolicy:RolePolicy": ("iam:PutRolePolicy",),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("iam:AttachRolePolicy",),
    "aws:kms/key:Key": ("kms:CreateKey",),
    "aws:sqs/queue:Queue": ("sqs:CreateQueue",),
    "aws:sqs/queuePolicy:QueuePolicy": ("sqs:SetQueueAttributes",),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("ec2:AuthorizeSecurityGroupEgress",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("ec2:AuthorizeSecurityGroupIngress",),
}
"""By type token: the actions that make such a resource."""

IDENTITY_CENTER = "AWSReservedSSO_"
"""What the roles of IAM Identity Center begin with; nobody changes their policies but its permission set."""


def permissions(ask: Callable[..., Any], region: str, types: frozenset[str]) -> Answer:
    """Return which of the actions that make these types of resources the policies of whoever asks allow.

    Args:
        ask: runs a command of `aws` and returns its document.
        region: where they would be made.
        types: type tokens.

    Raises:
        UnansweredError: whoever asks may not ask that.
    """
    arn: str = ask("sts", "get-caller-identity")["Arn"]
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    if kind == "root":
        return Answer("you are the root user, who may do everything")
    name = rest.partition("/")[0] if kind == "assumed-role" else rest.rpartition("/")[2]
    kind = "role" if kind == "assumed-role" else kind
    if kind not in ("role", "user"):
        raise UnansweredError(f"IAM simulates users and roles, and you are {kind}/{rest}", "ask as a user or a role")
    needed = sorted({action for type_, actions in PERMISSIONS.items() if type_ in types for action in actions})
    where = f"ContextKeyName=aws:RequestedRegion,ContextKeyValues={region},ContextKeyType=string"
    try:
        # A session's name tells nothing of the path of its role.
        source = ask("iam", "get-role", "--role-name", name)["Role"]["Arn"] if kind == "role" else arn
        asked = ("--policy-source-arn", source, "--context-entries", where, "--action-names", *needed)
        rows = ask("iam", "simulate-principal-policy", *asked)["EvaluationResults"]
    except RefusedError as error:
        remedy = f"have somebody give you iam:SimulatePrincipalPolicy and iam:GetRole, or {_policies(kind, name)}"
        raise UnansweredError(str(error), remedy) from None
    allowed = {row["EvalActionName"] for row in rows if row["EvalDecision"] == "allowed"}
    missing = [action for action in needed if action not in allowed]
    text = f"{len(needed) - len(missing)} of {len(needed)} allowed to {name}"
    if not missing:
        return Answer(text)
    message = f"the policies of {kind} {name} do not allow {', '.join(missing)} on all resources"
    return Answer(text, (Finding("preflight.permissions", "network.zones", message, _remedy(kind, name, missing)),))


def _policies(kind: str, name: str) -> str:
    return f"read them: aws iam list-attached-{kind}-policies --{kind}-name {name}"


def _remedy(kind: str, name: str, missing: Sequence[str]) -> str:
    if name.startswith(IDENTITY_CENTER):
        return f"have them added to the permission set of {name} in IAM Identity Center"
    statement = {"Effect": "Allow", "Action": list(missing), "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    return f"aws iam put-{kind}-policy --{kind}-name {name} --policy-name slipway --policy-document '{policy}'"
