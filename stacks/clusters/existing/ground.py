"""A cluster that is there already, as servers are put on it. It loads the Kubernetes SDK."""

import pulumi
import pulumi_kubernetes as k8s
from typing_extensions import override

from slipway.addons.monitor_definitions import MonitorDefinitions
from slipway.addons.observability import Observability
from slipway.addons.priorities import Priorities
from slipway.addons.scraping import InstalledPrometheus
from slipway.addons.stackdriver_adapter import ManagedCollection
from slipway.eks.load_balancers import LOAD_BALANCERS
from slipway.existing.nodes import ExistingNodes
from slipway.existing.settings import Context, ExistingClusterArgs, Kubeconfig
from slipway.existing.storage import ExistingClaim
from slipway.serving.autoscaling import MetricsPath
from slipway.serving.service import LoadBalancers
from slipway.serving.site import Storage
from slipway.serving.storage import NodeDisk
from stacks.clusters.existing import ExistingStack
from stacks.clusters.prometheus import Addons, PrometheusGround
from stacks.ground import Ground
from stacks.metrics import InstalledMetrics, ManagedMetrics, PrometheusMetrics
from stacks.outputs import ClusterOutputs
from stacks.signals import observed, recorded
from stacks.surroundings import Surroundings, judged


class _OnPrometheus(PrometheusGround):
    """A cluster on which Slipway installs Prometheus and what belongs to it."""

    def __init__(self, stack: ExistingStack, surroundings: Surroundings, opts: pulumi.ResourceOptions) -> None:
        args, self._claim = stack.cluster, stack.cluster.claim
        self.pools, self.load_balancers = _pools(args), _load_balancers(stack)
        addons = Addons(
            args=stack.monitoring,
            alert_address=surroundings.alert_address,
            values=stack.values,
            present=args.present,
            definitions=MonitorDefinitions(stack.name, opts=opts).release,
            storage_class=args.storage_class,
            wait_for_gpu_operator=stack.wait_for_gpu_operator,
        )
        super().__init__(stack, addons, opts)

    @override
    def storage(self, namespace: pulumi.Input[str]) -> Storage:
        return _storage(self._claim)


class _Collected(Ground):
    """A cluster whose collector and adapter are there."""

    def __init__(self, stack: ExistingStack, path: MetricsPath, opts: pulumi.ResourceOptions) -> None:
        self.opts, self._stack, self._path, self._claim = opts, stack, path, stack.cluster.claim
        self.priorities = Priorities(stack.name, opts=opts)
        self.pools, self.load_balancers = _pools(stack.cluster), _load_balancers(stack)

    @override
    def metrics(self) -> MetricsPath:
        return self._path

    @override
    def storage(self, namespace: pulumi.Input[str]) -> Storage:
        return _storage(self._claim)

    @override
    def observe(self) -> ClusterOutputs:
        metrics = self._stack.metrics
        if isinstance(metrics, InstalledMetrics):
            Observability(
                self._stack.name,
                namespace=metrics.prometheus.namespace,
                servers=observed(self._stack),
                recorded=recorded(self._stack),
                selected=metrics.prometheus.selects["PrometheusRule"],
                opts=self.opts,
            )
        return {}


def ground(stack: ExistingStack, surroundings: Surroundings) -> Ground:
    """Return the cluster of a stack."""
    match stack.cluster.access:
        case Context(context=context):
            provider = k8s.Provider(stack.name, context=context)
        case Kubeconfig():
            provider = k8s.Provider(stack.name, kubeconfig=judged(surroundings.kubeconfig))
    opts = pulumi.ResourceOptions(provider=provider)
    match stack.metrics:
        case ManagedMetrics():
            return _Collected(stack, ManagedCollection(), opts)
        case InstalledMetrics(prometheus=prometheus):
            path = InstalledPrometheus(prometheus.namespace, prometheus.selects["PodMonitor"])
            return _Collected(stack, path, opts)
        case PrometheusMetrics():
            return _OnPrometheus(stack, surroundings, opts)


def _pools(args: ExistingClusterArgs) -> dict[str, ExistingNodes]:
    return {name: ExistingNodes(pool) for name, pool in args.pools.items()}


def _load_balancers(stack: ExistingStack) -> LoadBalancers | None:
    return LOAD_BALANCERS if stack.makes_load_balancers else None


def _storage(claim: str | None) -> Storage:
    return ExistingClaim(claim) if claim else NodeDisk()
