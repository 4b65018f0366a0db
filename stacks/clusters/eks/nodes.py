"""The GPU nodes of an `eks-gpu` stack, and whoever adds and removes them. It loads the AWS SDK."""

from collections.abc import Mapping

import pulumi

from components.addons.cluster_autoscaler import ClusterAutoscaler
from components.addons.efa_device_plugin import EfaDevicePlugin
from components.addons.karpenter import Karpenter
from components.eks.cluster import EksCluster
from components.eks.gpu_pool import GpuNodePool
from components.eks.karpenter_pool import KarpenterGpuPool
from components.eks.network import Network
from components.eks.settings import ClusterAutoscalerArgs, KarpenterArgs
from stacks.eks_gpu import EksGpu
from stacks.gpu.deployment import GpuNodes

KARPENTER_REPLICAS = 2
"""One that leads and one that waits, each on a node of its own."""


def gpu_nodes(
    settings: EksGpu, *, network: Network, cluster: EksCluster, opts: pulumi.ResourceOptions
) -> Mapping[str, GpuNodes]:
    """Create them and return each pool by its name; `opts` have the providers of AWS and of the cluster."""
    if any(pool.efa for pool in settings.cluster.pools.values()):
        EfaDevicePlugin(settings.name, values=settings.values.efa_device_plugin, opts=opts)
    match settings.cluster.node_autoscaler:
        case ClusterAutoscalerArgs():
            return _node_groups(settings, network, cluster, opts)
        case KarpenterArgs():
            return _karpenter_pools(settings, network, cluster, opts)


def _node_groups(
    settings: EksGpu, network: Network, cluster: EksCluster, opts: pulumi.ResourceOptions
) -> Mapping[str, GpuNodes]:
    ClusterAutoscaler(
        settings.name,
        cluster=cluster.name,
        region=settings.region,
        values=settings.values.cluster_autoscaler,
        opts=opts,
    )
    return {
        pool: GpuNodePool(
            pool,
            args,
            cluster=cluster.name,
            cluster_name=settings.name,
            security_group=cluster.security_group,
            role=cluster.node_role,
            subnets=[network.private_subnets[zone] for zone in settings.zones(args)],
            ready=[*cluster.ready, *network.routes],
            opts=opts,
        )
        for pool, args in settings.cluster.pools.items()
    }


def _karpenter_pools(
    settings: EksGpu, network: Network, cluster: EksCluster, opts: pulumi.ResourceOptions
) -> Mapping[str, GpuNodes]:
    karpenter = Karpenter(
        settings.name,
        cluster=cluster.name,
        cluster_arn=cluster.arn,
        region=settings.region,
        security_group=cluster.security_group,
        replicas=min(KARPENTER_REPLICAS, settings.cluster.system_pool.min_nodes),
        values=settings.values.karpenter,
        opts=opts,
    )
    return {
        pool: KarpenterGpuPool(
            pool,
            args,
            cluster=settings.name,
            instance_profile=karpenter.instance_profile,
            subnets={zone: network.private_subnets[zone] for zone in settings.zones(args)},
            ready=[*karpenter.ready, *cluster.ready, *network.routes],
            opts=opts,
        )
        for pool, args in settings.cluster.pools.items()
    }
