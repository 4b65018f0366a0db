"""Finds resources of a recording by what a reader calls them."""

import json
from typing import Any

from offline import Recording, Resource

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
RELEASE = "kubernetes:helm.sh/v3:Release"
NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"


def one(recording: Recording, kind: str, name: str) -> Resource:
    """Return the one resource of a type that has this name."""
    [found] = [resource for resource in recording.of(kind) if resource.name == name]
    return found


def release(recording: Recording, name: str) -> Resource:
    """Return the Helm release of this name."""
    [found] = [resource for resource in recording.of(RELEASE) if resource.inputs["name"] == name]
    return found


def statements(recording: Recording, role: str) -> list[dict[str, Any]]:
    """Return what the policy of a role says."""
    return json.loads(one(recording, "aws:iam/rolePolicy:RolePolicy", role).inputs["policy"])["Statement"]


def listed(value: str | list[str]) -> list[str]:
    """Return an element of a policy as the list that it may also be."""
    return [value] if isinstance(value, str) else value


def cluster_group(recording: Recording) -> str:
    """Return the security group that EKS makes for a cluster."""
    [cluster] = recording.of("aws:eks/cluster:Cluster")
    return cluster.state["vpcConfig"]["clusterSecurityGroupId"]
