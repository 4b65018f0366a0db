"""What all node groups share: their role, their launch template, and who counts their nodes."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from slipway.catalog.eks_releases import EksRelease
from slipway.eks.identity import ServiceRole
from slipway.eks.settings import SystemPoolArgs
from slipway.eks.wires import RoleWires

AUTOSCALED = ["scalingConfig.desiredSize"]
"""Input of a node group that the Cluster Autoscaler moves."""

SYSTEM_VOLUME_GIB = 50


def node_role(name: str, *, opts: pulumi.ResourceOptions) -> ServiceRole:
    """Return what nodes may: join, pull images and be reached by Session Manager; networks are the CNI's own role."""
    return ServiceRole(
        name,
        service="ec2.amazonaws.com",
        managed=["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"],
        opts=opts,
    )


def launch_template(
    name: str, instance_type: str | None, *, volume_gib: int, more: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> aws.ec2.LaunchTemplate:
    """Return a template with an encrypted disk, whose instances answer only sessions of their own metadata service.

    Args:
        instance_type: None where the node group names several.
    """
    return aws.ec2.LaunchTemplate(
        name,
        instance_type=instance_type,
        update_default_version=True,
        block_device_mappings=[
            {
                "device_name": "/dev/xvda",
                "ebs": {
                    "volume_size": volume_gib,
                    "volume_type": "gp3",
                    "encrypted": "true",
                    "delete_on_termination": "true",
                },
            }
        ],
        # One hop: pods get their identity from Pod Identity and never reach that of the node.
        metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        tag_specifications=[{"resource_type": "instance", "tags": {"Name": name}}],
        **more,
        opts=opts,
    )


def node_group(
    name: str,
    *,
    cluster: pulumi.Input[str],
    role: RoleWires,
    subnets: Sequence[pulumi.Input[str]],
    template: aws.ec2.LaunchTemplate,
    release: EksRelease,
    min_nodes: int,
    max_nodes: int,
    more: Mapping[str, Any],
    reserved: bool = False,
    opts: pulumi.ResourceOptions,
) -> aws.eks.NodeGroup:
    """Return a node group whose size is the autoscaler's once it exists.

    What is reserved is there once: nodes of a replacement would not start beside those of the old group, which goes
    first then.
    """
    return aws.eks.NodeGroup(
        name,
        cluster_name=cluster,
        node_role_arn=role.arn,
        # Without one, driver and kubelet change whenever AWS releases an image.
        release_version=release.image,
        subnet_ids=list(subnets),
        launch_template={"id": template.id, "version": template.latest_version.apply(str)},
        scaling_config={"min_size": min_nodes, "max_size": max_nodes, "desired_size": min_nodes},
        update_config={"max_unavailable": 1},
        node_repair_config={"enabled": True},
        **more,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                depends_on=role.ready, ignore_changes=AUTOSCALED, delete_before_replace=reserved or None
            ),
        ),
    )


def system_node_group(
    name: str,
    args: SystemPoolArgs,
    *,
    cluster: pulumi.Input[str],
    role: RoleWires,
    subnets: Sequence[pulumi.Input[str]],
    release: EksRelease,
    opts: pulumi.ResourceOptions,
) -> aws.eks.NodeGroup:
    """Return untainted nodes: the taint of GPU nodes keeps everything else away from them."""
    template = launch_template(
        name,
        args.instance_type,
        volume_gib=SYSTEM_VOLUME_GIB,
        more={},
        opts=pulumi.ResourceOptions(parent=opts.parent),
    )
    return node_group(
        name,
        cluster=cluster,
        role=role,
        subnets=subnets,
        template=template,
        release=release,
        min_nodes=args.min_nodes,
        max_nodes=args.max_nodes,
        more={"ami_type": "AL2023_x86_64_STANDARD"},
        opts=opts,
    )
