"""Judgement over servers that NVIDIA's NIM operator makes: what it cannot be asked for, or needs beside it."""

from collections.abc import Iterator

from slipway.addons.metrics import ManagedMetrics, Metrics, PrometheusMetrics
from slipway.addons.settings import KedaArgs
from slipway.checks import Finding
from slipway.servers.nim import Nim
from slipway.servers.server import Place, Server
from slipway.serving.exposure import ClusterOnly
from slipway.serving.nim.settings import NimThroughOperator


def operator_findings(server: Server, place: Place, metrics: Metrics) -> Iterator[Finding]:
    """Say which choices around a server the operator leaves no room for."""
    if not isinstance(server, Nim) or not isinstance(server.deployment, NimThroughOperator):
        return
    path = place.path
    if isinstance(metrics, ManagedMetrics):
        message = "'operator' brings an autoscaler that asks prometheus-adapter, and this cluster has another one"
        yield Finding("nim-operator.managed-metrics", f"{path}.deployment.type", message, "write 'workload'")
    elif isinstance(metrics, PrometheusMetrics) and isinstance(metrics.args.actuator, KedaArgs):
        message = (
            "'operator' has its own autoscaler, which asks for custom metrics, and KEDA serves none; the operator "
            "deletes every other autoscaler of the server's name"
        )
        remedy = "write 'workload', or monitoring.actuator.type 'prometheus-adapter'"
        yield Finding("nim-operator.keda", f"{path}.deployment.type", message, remedy)
    if not isinstance(server.exposure, ClusterOnly):
        kind = server.exposure.type
        message = f"{kind!r} needs a Service of Slipway's, and with deployment.type 'operator' the operator makes it"
        remedy = "write 'cluster' here, or 'workload' there"
        yield Finding("nim-operator.exposure", f"{path}.exposure.type", message, remedy)
    if "drain_seconds" in server.model_fields_set:
        message = "has no effect with deployment.type 'operator', which gives a stopping replica 30 s"
        remedy = "leave it out, or write 'workload'"
        yield Finding("nim-operator.drain", f"{path}.drainSeconds", message, remedy)
    if server.rollout.surge:
        message = "has no effect with deployment.type 'operator', whose Deployment exchanges a quarter at a time"
        remedy = "leave it out, or write 'workload'"
        yield Finding("nim-operator.rollout", f"{path}.rollout.surge", message, remedy)
    if server.deployment.storage_class is None and place.storage != "shared":
        message = (
            "is missing, and the stack has no shared storage: the model is downloaded once for all replicas, onto "
            "a volume that their nodes all mount"
        )
        remedy = "name a StorageClass of ReadWriteMany volumes, or add sharedStorage to the stack"
        yield Finding("nim-operator.storage", f"{path}.deployment.storageClass", message, remedy)
