"""vLLM on GKE TPU slices, autoscaled through managed Prometheus: its settings and what they become."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
from pydantic import Field

from catalog.engines import VLLM
from catalog.footprint import COMPILE_CACHE_VARIABLE, cold_start_seconds, file_cache_gib
from catalog.versions import VLLM_TPU
from checks.settings import DnsLabel
from components.gke.settings import (
    ClusterArgs,
    NetworkArgs,
    PoolName,
    TpuPoolArgs,
    WeightsBucketArgs,
    region_of,
)
from components.serving.settings import (
    ClusterOnly,
    Exposure,
    KubernetesToken,
    PulumiToken,
    SecretManagerToken,
    VllmArgs,
)
from stacks.models import KnowsModels
from stacks.quota import TpuQuota
from stacks.scaling import Scaling
from stacks.surroundings import Surroundings, judged

NameOfStack = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=24)]
"""A service account's id takes 30 characters, of which `-nodes` needs some."""

NameOfServer = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=50)]
"""A label takes 63 characters, of which the suffixes of a server's own objects need some."""


class TpuServer(VllmArgs):
    """A vLLM server and the pool that its replicas run on."""

    pool: PoolName
    """One of `cluster.pools`."""
    exposure: Exposure = ClusterOnly()
    """Who can reach the server."""
    throughput: Annotated[float, Field(gt=0)] | None = None
    """Tokens a second that one replica generates under its target's load, as somebody has measured it; from it follow
    the stack's tokens a second and the price of a million tokens."""

    @property
    def scaling(self) -> Scaling:
        """What it is scaled on."""
        return Scaling.of(self.autoscaling, VLLM.signals[self.autoscaling.metric.signal])


class GkeTpu(KnowsModels):
    """vLLM servers on a GKE cluster with TPU slices."""

    kind: Literal["gke-tpu"]
    name: NameOfStack
    """Prefix of the names that the stack has in the project; two stacks of a project have different ones."""
    network: NetworkArgs = NetworkArgs()
    """Address ranges of the cluster's VPC."""
    cluster: ClusterArgs
    """The cluster and its TPU pools."""
    namespace: DnsLabel = "vllm"
    """Kubernetes namespace of the servers."""
    weights: WeightsBucketArgs
    """The bucket for weights and compiled programs."""
    hugging_face: Annotated[PulumiToken | KubernetesToken | SecretManagerToken, Field(discriminator="source")] = (
        PulumiToken()
    )
    """Where the token comes from with which models are downloaded."""
    servers: dict[NameOfServer, TpuServer] = Field(min_length=1)
    """vLLM servers by name; the name is that of their Service, too."""

    budget: Annotated[float, Field(gt=0)] | None = None
    """Most that the stack may cost, USD an hour with every pool at its maximum; no limit when left out."""
    prices: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict[str, float])
    """Prices that hold for you, USD for an hour of the item: a machine type, or another name that a finding gives."""
    quota: TpuQuota = TpuQuota()
    """What the project may have in the region."""

    def zones(self, pool: TpuPoolArgs) -> list[str]:
        """Return the zones of a pool's nodes: its own, or else the cluster's."""
        location = self.cluster.location
        return list(pool.zones) or ([location] if location != region_of(location) else [])


def deploy(settings: GkeTpu, surroundings: Surroundings) -> Mapping[str, pulumi.Input[Any]]:
    """Create the stack and return its outputs."""
    # The cloud SDKs cost seconds to import, and whoever only reads settings needs none of them.
    import pulumi_gcp as gcp

    from components.addons import stackdriver_adapter
    from components.addons.dashboard import VllmDashboard
    from components.addons.leader_worker_set import LeaderWorkerSetController
    from components.addons.stackdriver_adapter import StackdriverAdapter
    from components.gke.bucket import WeightsBucket
    from components.gke.cluster import GkeCluster
    from components.gke.identity import ImageMirror, NodeIdentity
    from components.gke.load_balancers import LOAD_BALANCERS
    from components.gke.network import Network
    from components.gke.project import Project
    from components.gke.secret_manager import SecretManagerVolume
    from components.gke.tpu_pool import TpuNodePool, autopilot_slice
    from components.serving.namespace import ServingNamespace
    from components.serving.token import TokenSecret, existing_secret
    from components.serving.vllm import VllmServer
    from components.serving.vllm_runtime import VllmRuntime, cache_name
    from components.workload import Startup

    name, cluster_args = settings.name, settings.cluster
    region = region_of(cluster_args.location)
    provider = gcp.Provider(name, project=surroundings.gcp_project, region=region)
    on_gcp = pulumi.ResourceOptions(provider=provider)

    project = Project(name, str(surroundings.gcp_project), more_apis=_more_apis(settings), opts=on_gcp)
    network = Network(name, settings.network, region=region, api=project.apis["compute"], opts=on_gcp)
    identity = NodeIdentity(name, project=project, opts=on_gcp)
    mirror = ImageMirror(name, project=project, region=region, reader=identity.member, opts=on_gcp)
    cluster = GkeCluster(
        name,
        cluster_args,
        project=project,
        network=network,
        identity=identity,
        secret_manager=isinstance(settings.hugging_face, SecretManagerToken),
        opts=on_gcp,
    )
    pools = {
        pool: TpuNodePool(
            pool, args, cluster=cluster.id, zones=settings.zones(args), email=identity.email, opts=on_gcp
        ).accelerator
        if isinstance(args, TpuPoolArgs)
        else autopilot_slice(args)
        for pool, args in cluster_args.pools.items()
    }

    on_both = pulumi.ResourceOptions(providers=[provider, cluster.provider])
    namespace = ServingNamespace(name, settings.namespace, opts=on_both)
    user = cluster.principal(settings.namespace, ServingNamespace.SERVICE_ACCOUNT)
    bucket = WeightsBucket(name, settings.weights, project=project, region=region, user=user, opts=on_gcp)
    match settings.hugging_face:
        case PulumiToken():
            token = TokenSecret(
                name, judged(surroundings.hugging_face_token), namespace=namespace.name, opts=on_both
            ).volumes
        case KubernetesToken(secret=secret, key=key):
            token = existing_secret(secret, key)
        case SecretManagerToken(secret=secret):
            token = SecretManagerVolume(
                name, secret, project=project, reader=user, namespace=namespace.name, opts=on_both
            ).volumes

    adapter = StackdriverAdapter(
        name,
        project=project,
        member=cluster.principal(stackdriver_adapter.NAMESPACE, stackdriver_adapter.NAME),
        opts=on_both,
    )
    group_controller = (
        LeaderWorkerSetController(name, opts=on_both).release
        if any(pool.hosts > 1 for pool in pools.values())
        else None
    )
    servers = {
        server: VllmServer(
            server,
            args,
            namespace=namespace.name,
            runtime=VllmRuntime(
                image=args.image
                or pulumi.Output.format("{mirror}vllm/vllm-tpu:{tag}", mirror=mirror.prefix, tag=VLLM_TPU),
                image_tag=cache_name(args.image) if args.image else VLLM_TPU,
                accelerator=pools[args.pool],
                weights=bucket.volumes(file_cache_gib(settings.models[args.model])),
                token=token,
                cache_variable=COMPILE_CACHE_VARIABLE,
                service_account=namespace.service_account,
            ),
            startup=Startup(cold_start_seconds(settings.models[args.model])),
            metrics=adapter,
            exposure=args.exposure,
            load_balancers=LOAD_BALANCERS,
            group_controller=group_controller,
            api_key=surroundings.api_key,
            opts=on_both,
        )
        for server, args in settings.servers.items()
    }
    dashboard = VllmDashboard(name, project=project, cluster=cluster.name, opts=on_gcp)
    return {
        "clusterName": cluster.name,
        "credentialsCommand": cluster.credentials_command,
        "weightsBucket": bucket.name,
        "endpoints": {name: server.url for name, server in servers.items()},
        "dashboards": {"vllm": dashboard.url},
    }


def _more_apis(settings: GkeTpu) -> list[str]:
    wanted = {
        "cloudkms": settings.cluster.encrypt_secrets,
        "secretmanager": isinstance(settings.hugging_face, SecretManagerToken),
    }
    return [api for api, needed in wanted.items() if needed]
