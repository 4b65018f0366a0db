"""Signals by a Prometheus of the stack's own, with the add-ons beside it. It loads the Kubernetes SDK."""

from collections.abc import Collection
from dataclasses import dataclass, field

import pulumi
from typing_extensions import override

from slipway.addons.gpu_operator import GpuOperator
from slipway.addons.keda import Keda
from slipway.addons.kube_prometheus_stack import KubePrometheusStack
from slipway.addons.metrics_server import MetricsServer
from slipway.addons.nim_operator import NimOperator
from slipway.addons.observability import Observability
from slipway.addons.priorities import Priorities
from slipway.addons.prometheus_metrics import PrometheusMetrics
from slipway.addons.settings import KedaArgs, MonitoringArgs, PrometheusAdapterArgs
from slipway.serving.autoscaling import MetricsPath
from stacks.chart_values import ChartValues
from stacks.ground import Ground
from stacks.outputs import ClusterOutputs
from stacks.signals import observed, recorded
from stacks.stack import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Addons:
    """What decides the add-ons of a cluster.

    Attributes:
        present: add-ons that the cluster has already: `gpu-operator`, `metrics-server`, `nim-operator`.
        alert_address: where alerts go, if they go anywhere.
        definitions: what defines monitors.
        storage_class: of the volume that Prometheus keeps its series on; the cluster's default one if None.
    """

    args: MonitoringArgs
    values: ChartValues
    alert_address: pulumi.Output[str] | None
    present: Collection[str] = field(default=())
    definitions: pulumi.Resource
    storage_class: pulumi.Input[str] | None
    wait_for_gpu_operator: bool


class PrometheusGround(Ground):
    """A cluster with kube-prometheus-stack, the GPU operator, and what acts on signals."""

    def __init__(self, stack: Stack, addons: Addons, opts: pulumi.ResourceOptions) -> None:
        self._servers, self._addons, self.opts = stack, addons, opts
        name, values, present = stack.name, addons.values, addons.present
        if "metrics-server" not in present:
            MetricsServer(name, definitions=addons.definitions, values=values.metrics_server, opts=opts)
        self.priorities = Priorities(name, opts=opts)
        self._monitoring = KubePrometheusStack(
            name,
            addons.args,
            alert_address=addons.alert_address,
            priority_class=self.priorities.signals,
            definitions=addons.definitions,
            storage_class=addons.storage_class,
            values=values.kube_prometheus_stack,
            opts=opts,
        )
        if "gpu-operator" not in present and any(pool.machine.chip.kind == "gpu" for pool in stack.pools.values()):
            self.device_plugin = GpuOperator(
                name,
                monitoring=self._monitoring,
                wait=addons.wait_for_gpu_operator,
                values=values.gpu_operator,
                opts=opts,
            ).ready
        if "nim-operator" not in present and any(server.needs_nim_operator for server in stack.servers.values()):
            self.nim_operator = NimOperator(name, values=values.nim_operator, opts=opts).release

    @override
    def metrics(self) -> MetricsPath:
        stack, values = self._servers, self._addons.values
        match self._addons.args.actuator:
            case PrometheusAdapterArgs():
                return PrometheusMetrics(
                    stack.name,
                    monitoring=self._monitoring,
                    signals=[server.scaling.series for server in stack.servers.values()],
                    priority_class=self.priorities.signals,
                    values=values.prometheus_adapter,
                    opts=self.opts,
                )
            case KedaArgs():
                return Keda(
                    stack.name,
                    monitoring=self._monitoring,
                    namespace=stack.namespace,
                    priority_class=self.priorities.signals,
                    values=values.keda,
                    opts=self.opts,
                )

    @override
    def observe(self) -> ClusterOutputs:
        stack = self._servers
        Observability(
            stack.name,
            namespace=self._monitoring.namespace,
            servers=observed(stack),
            recorded=recorded(stack),
            operator=[self._monitoring.release],
            opts=self.opts,
        )
        return {"dashboards": {"grafana": self._monitoring.grafana_command}}
