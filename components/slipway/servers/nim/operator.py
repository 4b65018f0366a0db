"""Judgement over servers that NVIDIA's NIM operator makes: what it cannot be asked for, or needs beside it."""

from slipway.addons.metrics import ManagedMetrics, Metrics, PrometheusMetrics
from slipway.addons.settings import KedaArgs
from slipway.checks import Finding
from slipway.servers.nim import Nim
from slipway.servers.server import Place, Server
from slipway.serving.exposure import ClusterOnly
from slipway.serving.nim.settings import NimThroughOperator


def operator_findings(server: Server, place: Place, metrics: Metrics) -> list[Finding]:
    """Say which choices around a server the operator leaves no room for."""
    if not isinstance(server, Nim) or not isinstance(server.deployment, NimThroughOperator):
        return []
    path, findings = place.path, list[Finding]()
    if isinstance(metrics, ManagedMetrics):
        findings.append(
            Finding(
                "nim-operator.managed-metrics",
                f"{path}.deployment.type",
                "'operator' brings an autoscaler that asks prometheus-adapter, and this cluster has another one",
                "write 'workload'",
            )
        )
    elif isinstance(metrics, PrometheusMetrics) and isinstance(metrics.args.actuator, KedaArgs):
        findings.append(
            Finding(
                "nim-operator.keda",
                f"{path}.deployment.type",
                "'operator' has its own autoscaler, which asks for custom metrics, and KEDA serves none; the "
                "operator deletes every other autoscaler of the server's name",
                "write 'workload', or monitoring.actuator.type 'prometheus-adapter'",
            )
        )
    if not isinstance(server.exposure, ClusterOnly):
        findings.append(
            Finding(
                "nim-operator.exposure",
                f"{path}.exposure.type",
                f"{server.exposure.type!r} needs a Service of Slipway's, and with deployment.type 'operator' the "
                "operator makes it",
                "write 'cluster' here, or 'workload' there",
            )
        )
    if "drain_seconds" in server.model_fields_set:
        findings.append(
            Finding(
                "nim-operator.drain",
                f"{path}.drainSeconds",
                "has no effect with deployment.type 'operator', which gives a stopping replica 30 s",
                "leave it out, or write 'workload'",
            )
        )
    if server.rollout.surge:
        findings.append(
            Finding(
                "nim-operator.rollout",
                f"{path}.rollout.surge",
                "has no effect with deployment.type 'operator', whose Deployment exchanges a quarter at a time",
                "leave it out, or write 'workload'",
            )
        )
    if server.deployment.storage_class is None and place.storage != "shared":
        findings.append(
            Finding(
                "nim-operator.storage",
                f"{path}.deployment.storageClass",
                "is missing, and the stack has no shared storage: the model is downloaded once for all replicas, "
                "onto a volume that their nodes all mount",
                "name a StorageClass of ReadWriteMany volumes, or add sharedStorage to the stack",
            )
        )
    return findings
