"""EKS add-ons: what AWS installs and keeps in a cluster, at a pinned version."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.eks.identity import ServiceRole


def add_on(
    name: str,
    kind: str,
    version: str,
    cluster: pulumi.Input[str],
    *,
    accounts: Sequence[str] = (),
    role: ServiceRole | None = None,
    opts: pulumi.ResourceOptions,
) -> aws.eks.Addon:
    """Return an EKS add-on; with a role, these service accounts of it take it on through Pod Identity."""
    grants = pulumi.ResourceOptions(depends_on=role.grants if role else [])
    identities: list[aws.eks.AddonPodIdentityAssociationArgsDict] | None = None
    if role:
        identities = [{"service_account": account, "role_arn": role.arn} for account in accounts]
    return aws.eks.Addon(
        f"{name}-{kind}",
        cluster_name=cluster,
        addon_name=kind,
        addon_version=version,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="PRESERVE",
        pod_identity_associations=identities,
        opts=pulumi.ResourceOptions.merge(opts, grants),
    )
