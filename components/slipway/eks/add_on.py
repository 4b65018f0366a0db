"""EKS add-ons: what AWS installs and keeps in a cluster, at a pinned version."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway.catalog.versions import EKS_VPC_CNI
from slipway.eks.identity import ServiceRole, pod_role


def add_on(
    name: str,
    kind: str,
    version: str,
    cluster: pulumi.Input[str],
    *,
    accounts: Sequence[str] = (),
    role: ServiceRole | None = None,
    configuration: Mapping[str, Any] | None = None,
    opts: pulumi.ResourceOptions,
) -> aws.eks.Addon:
    """Return an EKS add-on; with a role, these service accounts of it take it on through Pod Identity.

    Args:
        configuration: values that its own schema takes; `aws eks describe-addon-configuration` shows it.
    """
    grants = pulumi.ResourceOptions(depends_on=role.grants if role else [])
    identities: list[aws.eks.AddonPodIdentityAssociationArgsDict] | None = None
    if role:
        identities = [{"service_account": account, "role_arn": role.arn} for account in accounts]
    return aws.eks.Addon(
        f"{name}-{kind}",
        cluster_name=cluster,
        addon_name=kind,
        addon_version=version,
        configuration_values=json.dumps(configuration) if configuration else None,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="PRESERVE",
        pod_identity_associations=identities,
        opts=pulumi.ResourceOptions.merge(opts, grants),
    )


def vpc_cni(name: str, cluster: pulumi.Input[str], *, opts: pulumi.ResourceOptions) -> aws.eks.Addon:
    """Return what gives pods their addresses, and enforces network policies: by itself it leaves these alone."""
    return add_on(
        name,
        "vpc-cni",
        EKS_VPC_CNI,
        cluster,
        accounts=["aws-node"],
        role=pod_role(f"{name}-vpc-cni", managed=["AmazonEKS_CNI_Policy"], opts=opts),
        configuration={"enableNetworkPolicy": "true"},
        opts=opts,
    )
