"""Model servers on an EKS cluster with GPU nodes, autoscaled through Prometheus: settings and what they become."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field
from typing_extensions import override

from checks.gpu import GpuPool
from components.eks.settings import ClusterArgs, GpuPoolArgs, NetworkArgs, region_of
from stacks.gpu_serving import GpuServing
from stacks.surroundings import Surroundings

NameOfStack = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=24)]
"""The name of an IAM role takes 64 characters, of which suffixes need some."""


class EksGpu(GpuServing):
    """Model servers on an EKS cluster with GPU nodes."""

    kind: Literal["eks-gpu"]
    name: NameOfStack
    """Name of the cluster and prefix of the names around it; no two stacks of an account and region share one."""
    network: NetworkArgs
    """The cluster's VPC."""
    cluster: ClusterArgs
    """The cluster and its GPU pools."""

    budget: Annotated[float, Field(gt=0)] | None = None
    """Most that the stack may cost, USD an hour with every pool at its maximum; no limit when left out."""
    prices: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict[str, float])
    """Prices that hold for you, USD for an hour of the item: an instance type, or another name that a finding gives."""

    @property
    def region(self) -> str:
        """The region of the network's zones."""
        return region_of(self.network.zones[0])

    @property
    @override
    def instance_types(self) -> Mapping[str, str]:
        return {name: pool.instance_type for name, pool in self.cluster.pools.items()}

    @property
    @override
    def gpu_pools(self) -> Mapping[str, GpuPool]:
        return {
            name: GpuPool(f"cluster.pools.{name}", machine, pool.max_nodes, pool.root_volume_gib)
            for name, pool in self.cluster.pools.items()
            if (machine := self.machine(name))
        }

    def zones(self, pool: GpuPoolArgs) -> list[str]:
        """Return the zones of a pool's nodes: its own, or else the network's."""
        return list(pool.zones or self.network.zones)


def deploy(settings: EksGpu, surroundings: Surroundings) -> Mapping[str, pulumi.Input[Any]]:
    """Create the stack and return its outputs."""
    # The cloud SDKs cost seconds to import, and whoever only reads settings needs none of them.
    import pulumi_aws as aws

    from components.addons.cluster_autoscaler import ClusterAutoscaler
    from components.eks.cluster import EksCluster
    from components.eks.gpu_pool import GpuNodePool
    from components.eks.network import Network
    from components.eks.storage import EbsStorage
    from stacks.gpu_deployment import serve

    name = settings.name
    provider = aws.Provider(name, region=settings.region, profile=surroundings.aws_profile)
    on_aws = pulumi.ResourceOptions(provider=provider)

    network = Network(name, settings.network, opts=on_aws)
    cluster = EksCluster(
        name,
        settings.cluster,
        region=settings.region,
        profile=surroundings.aws_profile,
        network=network,
        opts=on_aws,
    )
    pools = {
        pool: GpuNodePool(
            pool,
            args,
            cluster=cluster.name,
            role=cluster.node_role,
            subnets=[network.private_subnets[zone] for zone in settings.zones(args)],
            ready=[*cluster.ready, *network.routes],
            opts=on_aws,
        )
        for pool, args in settings.cluster.pools.items()
    }

    on_both = pulumi.ResourceOptions(providers=[provider, cluster.provider])
    ClusterAutoscaler(
        name,
        cluster=cluster.name,
        region=settings.region,
        values=settings.values.cluster_autoscaler,
        opts=on_both,
    )
    storage = EbsStorage(name, opts=on_both)
    served = serve(name, settings, surroundings, pools=pools, storage_class=storage.storage_class, opts=on_both)
    return {"clusterName": cluster.name, "credentialsCommand": cluster.credentials_command, **served}
