"""What every stack with GPU nodes creates inside its cluster: monitoring, the GPU operator and the servers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

import pulumi

from components.addons.gpu_operator import GpuOperator
from components.addons.keda import Keda
from components.addons.kube_prometheus_stack import KubePrometheusStack
from components.addons.metrics_server import MetricsServer
from components.addons.nim_operator import NimOperator
from components.addons.observability import Observability
from components.addons.prometheus_metrics import PrometheusMetrics
from components.eks.settings import KedaArgs, PrometheusAdapterArgs
from components.serving.autoscaling import MetricsPath
from components.serving.namespace import ServingNamespace
from components.serving.ngc import NgcAccess, NgcSecrets, existing_ngc_secrets
from components.serving.nim_settings import KubernetesNgcKey, PulumiNgcKey
from components.serving.service import LoadBalancers
from components.serving.settings import KubernetesToken, PulumiToken
from components.serving.token import TokenSecret, existing_secret
from components.workload import Accelerator, Startup, Volumes
from stacks.gpu.observed import observed, recorded
from stacks.gpu.servers.place import Place
from stacks.gpu.serving import GpuServing
from stacks.surroundings import Surroundings, judged


class GpuNodes(Protocol):
    """Nodes of one pool."""

    def accelerator(
        self, gpus: int, *, memory_gib: int, shared_memory_gib: int, device_plugin: pulumi.Resource | None
    ) -> Accelerator:
        """Return what a pod asks for to get this many GPUs of one node here."""
        ...


def serve(
    name: str,
    settings: GpuServing,
    surroundings: Surroundings,
    *,
    pools: Mapping[str, GpuNodes],
    present: Collection[str] = (),
    storage_class: pulumi.Input[str] | None,
    shared_storage: Callable[[pulumi.Input[str]], Volumes | None] = lambda namespace: None,
    bucket_access: Sequence[pulumi.Resource] = (),
    load_balancers: LoadBalancers | None,
    opts: pulumi.ResourceOptions,
) -> Mapping[str, pulumi.Input[Any]]:
    """Create it and return the outputs.

    Args:
        present: add-ons that the cluster has already: `gpu-operator`, `metrics-server`, `nim-operator`.
        storage_class: of the volume that Prometheus keeps its series on; the cluster's default one if None.
        shared_storage: makes what all pods of a namespace share, where the stack has it.
        bucket_access: what must exist before a pod can read what servers name in S3.
        load_balancers: how servers get theirs, where one is exposed.
        opts: options with the providers of the cluster.
    """
    values = settings.values
    if "metrics-server" not in present:
        MetricsServer(name, values=values.metrics_server, opts=opts)
    monitoring = KubePrometheusStack(
        name,
        retention_days=settings.monitoring.retention_days,
        storage_gib=settings.monitoring.storage_gib,
        storage_class=storage_class,
        values=values.kube_prometheus_stack,
        opts=opts,
    )
    device_plugin: pulumi.Resource | None = None
    if "gpu-operator" not in present:
        device_plugin = GpuOperator(
            name,
            monitoring=monitoring,
            wait=settings.wait_for_gpu_operator,
            values=values.gpu_operator,
            opts=opts,
        ).ready
    nim_operator: pulumi.Resource | None = None
    if "nim-operator" not in present and any(server.needs_nim_operator for server in settings.servers.values()):
        nim_operator = NimOperator(name, values=values.nim_operator, opts=opts).release
    metrics = _metrics(name, settings, monitoring, opts)
    namespace = ServingNamespace(
        name, settings.namespace, labels=load_balancers.namespace_labels if load_balancers else None, opts=opts
    )
    ngc = _ngc(name, settings, surroundings, namespace=namespace.name, opts=opts)
    hugging_face = _hugging_face(name, settings, surroundings, namespace=namespace.name, opts=opts)
    shared = shared_storage(namespace.name)
    urls: dict[str, pulumi.Output[str]] = {}
    for server_name, server in settings.servers.items():
        needs = server.needs(settings.models)
        place = Place(
            namespace=namespace.name,
            service_account=namespace.service_account,
            accelerator=pools[server.pool].accelerator(
                needs.gpus,
                memory_gib=needs.memory_gib,
                shared_memory_gib=needs.shared_memory_gib,
                device_plugin=device_plugin,
            ),
            startup=Startup(server.startup_seconds(settings.models)),
            metrics=metrics,
            models=settings.models,
            ngc=ngc,
            hugging_face=hugging_face,
            shared_storage=shared,
            bucket_access=bucket_access,
            api_key=surroundings.api_key,
            load_balancers=load_balancers,
            nim_operator=nim_operator,
            opts=opts,
        )
        urls[server_name] = server.deploy(server_name, place)
    Observability(name, monitoring=monitoring, servers=observed(settings), recorded=recorded(settings), opts=opts)
    return {"endpoints": urls, "dashboards": {"grafana": monitoring.grafana_command}}


def _metrics(
    name: str, settings: GpuServing, monitoring: KubePrometheusStack, opts: pulumi.ResourceOptions
) -> MetricsPath:
    match settings.monitoring.actuator:
        case PrometheusAdapterArgs():
            return PrometheusMetrics(
                name,
                monitoring=monitoring,
                signals=[server.scaling.series for server in settings.servers.values()],
                values=settings.values.prometheus_adapter,
                opts=opts,
            )
        case KedaArgs():
            return Keda(
                name, monitoring=monitoring, namespace=settings.namespace, values=settings.values.keda, opts=opts
            )


def _ngc(
    name: str,
    settings: GpuServing,
    surroundings: Surroundings,
    *,
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> NgcAccess | None:
    if not any(server.needs_ngc_key for server in settings.servers.values()):
        return None
    match settings.ngc:
        case PulumiNgcKey():
            return NgcSecrets(name, judged(surroundings.ngc_api_key), namespace=namespace, opts=opts).access
        case KubernetesNgcKey():
            return existing_ngc_secrets(settings.ngc)


def _hugging_face(
    name: str,
    settings: GpuServing,
    surroundings: Surroundings,
    *,
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> Volumes | None:
    if not any(server.needs_hugging_face_token for server in settings.servers.values()):
        return None
    match settings.hugging_face:
        case PulumiToken():
            return TokenSecret(name, judged(surroundings.hugging_face_token), namespace=namespace, opts=opts).volumes
        case KubernetesToken(secret=secret, key=key):
            return existing_secret(secret, key)
