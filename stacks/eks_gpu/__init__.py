"""Model servers on an EKS cluster with GPU nodes, autoscaled through Prometheus: settings and what they become."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field
from typing_extensions import override

from catalog.drivers import EKS_DRIVER
from checks.placement import Pool
from components.eks.settings import ClusterArgs, GpuPoolArgs, NetworkArgs, SharedStorageArgs, region_of
from stacks.gpu.serving import GpuServing
from stacks.quota import Ec2Quota
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
    shared_storage: SharedStorageArgs | None = None
    """Storage that all servers share, on EFS; without it, each replica keeps its files on its node."""

    budget: Annotated[float, Field(gt=0)] | None = None
    """Most that the stack may cost, USD an hour with every pool at its maximum; no limit when left out."""
    prices: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict[str, float])
    """Prices that hold for you, USD for an hour of the item: an instance type, or another name that a finding gives."""
    quota: Ec2Quota = Ec2Quota()
    """What the account may run in the region."""

    @property
    def region(self) -> str:
        """The region of the network's zones."""
        return region_of(self.network.zones[0])

    @property
    @override
    def has_shared_storage(self) -> bool:
        return self.shared_storage is not None

    @property
    @override
    def instance_types(self) -> Mapping[str, str]:
        return {name: pool.instance_type for name, pool in self.cluster.pools.items()}

    @property
    @override
    def gpu_pools(self) -> Mapping[str, Pool]:
        return {
            name: Pool(
                path=f"cluster.pools.{name}",
                machines=(machine,),
                min_nodes=pool.min_nodes,
                max_nodes=pool.max_nodes,
                disk_gib=machine.disk_gib(pool.root_volume_gib),
                disk_key=None if machine.images_on_local_disks else "rootVolumeGib",
                purchase=pool.capacity.type,
                zones=tuple(self.zones(pool)),
                zones_path=f"cluster.pools.{name}.zones",
                machine_key="instanceType",
            )
            for name, pool in self.cluster.pools.items()
            if (machine := self.machine(name))
        }

    @override
    def driver(self, pool: str) -> int | None:
        return EKS_DRIVER

    def zones(self, pool: GpuPoolArgs) -> list[str]:
        """Return the zones of a pool's nodes: its own, or else the network's."""
        return list(pool.zones or self.network.zones)


def deploy(settings: EksGpu, surroundings: Surroundings) -> Mapping[str, pulumi.Input[Any]]:
    """Create the stack and return its outputs."""
    # The cloud SDKs cost seconds to import, and whoever only reads settings needs none of them.
    import pulumi_aws as aws

    from components.addons.load_balancer_controller import LoadBalancerController
    from components.eks.bucket_access import BucketAccess
    from components.eks.cluster import EksCluster
    from components.eks.network import Network
    from components.eks.shared_storage import SharedStorage
    from components.eks.storage import EbsStorage
    from components.serving.namespace import ServingNamespace
    from components.workload import Volumes
    from stacks.eks_gpu.nodes import gpu_nodes
    from stacks.gpu.deployment import serve
    from stacks.gpu.exposure import is_exposed

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
    on_both = pulumi.ResourceOptions(providers=[provider, cluster.provider])
    pools = gpu_nodes(settings, network=network, cluster=cluster, opts=on_both)
    storage = EbsStorage(name, opts=on_both)
    load_balancers = None
    if is_exposed(settings):
        load_balancers = LoadBalancerController(
            name,
            cluster=cluster.name,
            region=settings.region,
            vpc=network.private_subnets[settings.network.zones[0]].vpc_id,
            values=settings.values.load_balancer_controller,
            opts=on_both,
        ).load_balancers

    def shared_storage(namespace: pulumi.Input[str]) -> Volumes | None:
        if settings.shared_storage is None:
            return None
        return SharedStorage(
            f"{name}-shared",
            settings.shared_storage,
            cluster=cluster.name,
            security_group=cluster.security_group,
            network=network,
            nodes=cluster.system_nodes,
            namespace=namespace,
            opts=on_both,
        ).volumes

    bucket_access: Sequence[pulumi.Resource] = ()
    if uris := settings.s3_uris:
        bucket_access = BucketAccess(
            f"{name}-weights",
            uris.values(),
            cluster=cluster.name,
            region=settings.region,
            network=network,
            namespace=settings.namespace,
            service_account=ServingNamespace.SERVICE_ACCOUNT,
            opts=on_aws,
        ).ready

    served = serve(
        name,
        settings,
        surroundings,
        pools=pools,
        storage_class=storage.storage_class,
        shared_storage=shared_storage,
        bucket_access=bucket_access,
        load_balancers=load_balancers,
        opts=on_both,
    )
    return {"clusterName": cluster.name, "credentialsCommand": cluster.credentials_command, **served}
