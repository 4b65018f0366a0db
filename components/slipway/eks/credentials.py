"""How an EKS cluster is reached: by Pulumi, and by a person with kubectl."""

from typing import Any

import pulumi
import pulumi_aws as aws


def credentials_command(cluster: aws.eks.Cluster, region: str, profile: str | None) -> pulumi.Output[str]:
    """Return what a person runs to reach it."""
    return pulumi.Output.format(
        "aws eks update-kubeconfig --name {name} --region {region}{profile}",
        name=cluster.name,
        region=region,
        profile=f" --profile {profile}" if profile else "",
    )


def kubeconfig(cluster: aws.eks.Cluster, region: str, profile: str | None) -> pulumi.Output[str]:
    """Return a kubeconfig without credentials: the aws CLI on PATH fetches a token of whoever runs Pulumi."""
    user: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", cluster.name, "--region", region, "--output", "json"],
        "interactiveMode": "Never",
    }
    if profile:
        user["env"] = [{"name": "AWS_PROFILE", "value": profile}]
    server = {
        "server": cluster.endpoint,
        "certificate-authority-data": cluster.certificate_authority.data,
    }
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "eks", "cluster": server}],
            "users": [{"name": "eks", "user": {"exec": user}}],
            "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "eks"}}],
            "current-context": "eks",
        }
    )
