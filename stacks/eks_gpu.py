"""NVIDIA NIM on EKS GPU nodes, autoscaled through Prometheus: its settings and what they become."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field

from catalog.models import model
from catalog.nim import MEMORY_GIB, SHARED_MEMORY_GIB, cache_gib, cold_start_seconds, signals
from components.eks.settings import ClusterArgs, GpuPoolArgs, MonitoringArgs, NetworkArgs, PoolName, region_of
from components.serving.nim_settings import KubernetesNgcKey, NgcKey, NimArgs, PulumiNgcKey
from components.settings import DnsLabel, Settings
from stacks.surroundings import Surroundings, judged

NameOfStack = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=24)]
"""The name of an IAM role takes 64 characters, of which suffixes need some."""

NameOfServer = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=50)]
"""A label takes 63 characters, of which the suffixes of a server's own objects need some."""


class GpuServer(NimArgs):
    """A NIM server and the pool that its replicas run on."""

    pool: PoolName
    """One of `cluster.pools`."""


class AddOnValues(Settings):
    """Values for the charts of add-ons, merged last over Slipway's own: the way out for whatever has no key."""

    cluster_autoscaler: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For cluster-autoscaler."""
    gpu_operator: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For gpu-operator."""
    kube_prometheus_stack: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For kube-prometheus-stack."""
    metrics_server: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For metrics-server."""
    prometheus_adapter: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For prometheus-adapter."""


class EksGpu(Settings):
    """NIM servers on an EKS cluster with GPU nodes."""

    kind: Literal["eks-gpu"]
    name: NameOfStack
    """Name of the cluster and prefix of the names around it; no two stacks of an account and region share one."""
    network: NetworkArgs
    """The cluster's VPC."""
    cluster: ClusterArgs
    """The cluster and its GPU pools."""
    monitoring: MonitoringArgs = MonitoringArgs()
    """The Prometheus of the cluster."""
    values: AddOnValues = AddOnValues()
    """Values for the charts of add-ons."""
    namespace: DnsLabel = "nim"
    """Kubernetes namespace of the servers."""
    ngc: NgcKey = PulumiNgcKey()
    """Where the NGC API key comes from with which images and models are fetched."""
    servers: dict[NameOfServer, GpuServer] = Field(min_length=1)
    """NIM servers by name; the name is that of their Service, too."""

    budget: Annotated[float, Field(gt=0)] | None = None
    """Most that the stack may cost, USD an hour with every pool at its maximum; no limit when left out."""
    prices: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict[str, float])
    """Prices that hold for you, USD for an hour of the item: an instance type, or another name that a finding gives."""

    @property
    def region(self) -> str:
        """The region of the network's zones."""
        return region_of(self.network.zones[0])

    def zones(self, pool: GpuPoolArgs) -> list[str]:
        """Return the zones of a pool's nodes: its own, or else the network's."""
        return list(pool.zones or self.network.zones)


def deploy(settings: EksGpu, surroundings: Surroundings) -> Mapping[str, pulumi.Input[Any]]:
    """Create the stack and return its outputs."""
    # The cloud SDKs cost seconds to import, and whoever only reads settings needs none of them.
    import pulumi_aws as aws

    from components.addons.cluster_autoscaler import ClusterAutoscaler
    from components.addons.gpu_operator import GpuOperator
    from components.addons.kube_prometheus_stack import KubePrometheusStack
    from components.addons.metrics_server import MetricsServer
    from components.addons.prometheus_metrics import PrometheusMetrics
    from components.eks.cluster import EksCluster
    from components.eks.gpu_pool import GpuNodePool
    from components.eks.network import Network
    from components.eks.storage import EbsStorage
    from components.serving.namespace import ServingNamespace
    from components.serving.ngc import NgcSecrets, existing_ngc_secrets
    from components.serving.nim import NimRuntime, NimServer
    from components.workload import Startup

    name, values = settings.name, settings.values
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
        name, cluster=cluster.name, region=settings.region, values=values.cluster_autoscaler, opts=on_both
    )
    MetricsServer(name, values=values.metrics_server, opts=on_both)
    monitoring = KubePrometheusStack(
        name,
        retention_days=settings.monitoring.retention_days,
        storage_gib=settings.monitoring.storage_gib,
        storage_class=EbsStorage(name, opts=on_both).storage_class,
        values=values.kube_prometheus_stack,
        opts=on_both,
    )
    operator = GpuOperator(name, monitoring=monitoring, values=values.gpu_operator, opts=on_both)
    metrics = PrometheusMetrics(
        name,
        monitoring=monitoring,
        signals=[signals(server.version)[server.autoscaling.metric.signal] for server in settings.servers.values()],
        values=values.prometheus_adapter,
        opts=on_both,
    )
    namespace = ServingNamespace(name, settings.namespace, opts=on_both)
    match settings.ngc:
        case PulumiNgcKey():
            ngc = NgcSecrets(name, judged(surroundings.ngc_api_key), namespace=namespace.name, opts=on_both).access
        case KubernetesNgcKey():
            ngc = existing_ngc_secrets(settings.ngc)
    servers = {
        server: NimServer(
            server,
            args,
            namespace=namespace.name,
            runtime=NimRuntime(
                accelerator=pools[args.pool].accelerator(
                    args.tensor_parallel,
                    memory_gib=MEMORY_GIB,
                    shared_memory_gib=SHARED_MEMORY_GIB,
                    device_plugin=operator.release,
                ),
                cache_gib=cache_gib(model(args.model)),
                ngc=ngc,
                service_account=namespace.service_account,
            ),
            startup=Startup(cold_start_seconds(model(args.model))),
            metrics=metrics,
            opts=on_both,
        )
        for server, args in settings.servers.items()
    }
    return {
        "clusterName": cluster.name,
        "credentialsCommand": cluster.credentials_command,
        "endpoints": {name: server.url for name, server in servers.items()},
        "dashboards": {"grafana": monitoring.grafana_command},
    }
