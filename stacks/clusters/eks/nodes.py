"""The GPU nodes of an EKS stack, and whoever adds and removes them. It loads the AWS SDK."""

from collections.abc import Mapping

import pulumi

from slipway.addons.cluster_autoscaler import ClusterAutoscaler
from slipway.addons.efa_device_plugin import EfaDevicePlugin
from slipway.addons.karpenter import Karpenter
from slipway.catalog.eks_releases import EKS_RELEASES
from slipway.eks.cluster import EksCluster
from slipway.eks.gpu_pool import GpuNodePool
from slipway.eks.karpenter_pool import KarpenterGpuPool
from slipway.eks.network_settings import ExistingNetworkArgs
from slipway.eks.settings import ClusterAutoscalerArgs, KarpenterArgs
from slipway.eks.wires import NetworkWires
from slipway.workload import Nodes
from stacks.clusters.eks import EksStack

KARPENTER_REPLICAS = 2
"""One that leads and one that waits, each on a node of its own."""


def gpu_nodes(
    stack: EksStack,
    *,
    network: NetworkWires,
    cluster: EksCluster,
    definitions: pulumi.Resource,
    opts: pulumi.ResourceOptions,
) -> Mapping[str, Nodes]:
    """Create them and return each pool by its name.

    Args:
        definitions: what defines the monitors of their autoscaler.
        opts: with the providers of AWS and of the cluster.
    """
    if any(pool.efa for pool in stack.cluster.pools.values()):
        EfaDevicePlugin(stack.name, region=stack.region, values=stack.values.efa_device_plugin, opts=opts)
    match stack.cluster.node_autoscaler:
        case ClusterAutoscalerArgs():
            return _node_groups(stack, network, cluster, definitions, opts)
        case KarpenterArgs():
            return _karpenter_pools(stack, network, cluster, definitions, opts)


def _node_groups(
    stack: EksStack,
    network: NetworkWires,
    cluster: EksCluster,
    definitions: pulumi.Resource,
    opts: pulumi.ResourceOptions,
) -> Mapping[str, Nodes]:
    release = EKS_RELEASES[stack.cluster.version]
    ClusterAutoscaler(
        stack.name,
        image_tag=release.cluster_autoscaler,
        cluster=cluster.name,
        region=stack.region,
        ready=[definitions],
        values=stack.values.cluster_autoscaler,
        opts=opts,
    )
    return {
        pool: GpuNodePool(
            pool,
            args,
            cluster=cluster.name,
            cluster_name=stack.name,
            security_group=cluster.security_group,
            role=cluster.node_role.wires,
            vpc=network.vpc,
            subnets=[network.subnets[zone] for zone in stack.zones(args)],
            release=release,
            ready=[*cluster.ready, *network.ready],
            opts=opts,
        )
        for pool, args in stack.cluster.pools.items()
    }


def _karpenter_pools(
    stack: EksStack,
    network: NetworkWires,
    cluster: EksCluster,
    definitions: pulumi.Resource,
    opts: pulumi.ResourceOptions,
) -> Mapping[str, Nodes]:
    karpenter = Karpenter(
        stack.name,
        cluster=cluster.name,
        cluster_arn=cluster.arn,
        region=stack.region,
        security_group=cluster.security_group,
        replicas=min(KARPENTER_REPLICAS, stack.cluster.system_pool.min_nodes),
        ready=[definitions],
        values=stack.values.karpenter,
        opts=opts,
    )
    there = isinstance(stack.network, ExistingNetworkArgs)
    return {
        pool: KarpenterGpuPool(
            pool,
            args,
            cluster=stack.name,
            instance_profile=karpenter.instance_profile,
            vpc=network.vpc,
            zones=stack.zones(args),
            subnets=[network.subnets[zone] for zone in stack.zones(args)] if there else (),
            ready=[*karpenter.ready, *cluster.ready, *network.ready],
            opts=opts,
        )
        for pool, args in stack.cluster.pools.items()
    }
