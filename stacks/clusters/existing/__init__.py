"""A cluster that is there already, with what stands on it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import override

from slipway.addons.metrics import InstalledMetrics, ManagedMetrics, Metrics, PrometheusMetrics
from slipway.addons.settings import MonitoringArgs
from slipway.checks import Finding
from slipway.checks.driver import operator_driver
from slipway.checks.judged import There
from slipway.checks.placement import Pool, machine_findings
from slipway.existing.facts import facts
from slipway.existing.settings import (
    ExistingClusterArgs,
    InstalledPrometheus,
    Kubeconfig,
    ManagedPrometheus,
)
from slipway.servers.exposed import NoLoadBalancer
from slipway.serving.settings import KubernetesToken, PulumiToken
from slipway.serving.shape import StorageKind
from stacks.chart_values import ChartValues
from stacks.charts import value_findings
from stacks.clusters.buckets import bucket_findings
from stacks.clusters.existing.installed import installed_findings
from stacks.clusters.existing.nodes import node_findings
from stacks.clusters.existing.there import there
from stacks.stack import Stack
from stacks.surroundings import Surroundings

if TYPE_CHECKING:
    from stacks.ground import Ground


class ExistingStack(Stack):
    """Model servers and their add-ons on a cluster that is there already."""

    cluster: ExistingClusterArgs
    """The cluster and its nodes."""
    monitoring: MonitoringArgs = MonitoringArgs()
    """The Prometheus of the cluster, where Slipway installs it."""
    wait_for_gpu_operator: bool = False
    """Whether servers are created only once the GPU operator reports that all it runs on GPU nodes is ready: what fails
    there then says so, where the servers' pods would only wait for GPUs."""
    values: ChartValues = ChartValues()
    """Values for the charts of add-ons."""
    hugging_face: Annotated[PulumiToken | KubernetesToken, Field(discriminator="source")] = PulumiToken()
    """Where the token comes from with which models are downloaded from Hugging Face, if a server needs one."""

    @property
    @override
    def machine_names(self) -> Mapping[str, tuple[str, ...]]:
        return {name: (pool.machine_type,) for name, pool in self.cluster.pools.items()}

    @cached_property
    @override
    def pools(self) -> Mapping[str, Pool]:
        found = {name: facts(f"cluster.pools.{name}", args) for name, args in self.cluster.pools.items()}
        installed = operator_driver(self.values.gpu_operator)
        return {name: replace(pool, driver=pool.driver or installed) for name, pool in found.items() if pool}

    @property
    @override
    def there(self) -> There:
        return there(self)

    @property
    @override
    def token(self) -> PulumiToken | KubernetesToken:
        return self.hugging_face

    @property
    @override
    def metrics(self) -> Metrics:
        if isinstance(self.cluster.metrics, ManagedPrometheus):
            return ManagedMetrics(path="cluster.metrics", there=True)
        if isinstance(self.cluster.metrics, InstalledPrometheus):
            installed = self.cluster.metrics
            return InstalledMetrics(
                path="cluster.metrics", stack=installed.kube_prometheus_stack, adapter=installed.prometheus_adapter
            )
        values = self.values
        return PrometheusMetrics(
            args=self.monitoring, stack=values.kube_prometheus_stack, adapter=values.prometheus_adapter
        )

    @property
    @override
    def storage(self) -> StorageKind:
        return "shared" if self.cluster.claim else "node"

    @property
    def makes_load_balancers(self) -> bool:
        """Whether something in the cluster makes those of AWS."""
        return "aws-load-balancer-controller" in self.cluster.present

    @property
    @override
    def exposures(self) -> Mapping[str, NoLoadBalancer]:
        if self.makes_load_balancers:
            return {}
        lacking = NoLoadBalancer(
            "nothing in the cluster makes any",
            "install the AWS Load Balancer Controller and add aws-load-balancer-controller to cluster.present, or "
            "write 'cluster'",
        )
        return dict.fromkeys(("internal", "internal-alb", "public-alb"), lacking)

    @override
    def cluster_findings(self, surroundings: Surroundings) -> Iterable[Finding]:
        yield from self._access_findings(surroundings)
        if self.wait_for_gpu_operator and "gpu-operator" in self.cluster.present:
            yield Finding(
                "cluster.wait-for-operator",
                "waitForGpuOperator",
                "waits for the operator that Slipway installs, and cluster.present says that the cluster has its own",
                "leave it out",
            )
        for name, pool in self.cluster.pools.items():
            path = f"cluster.pools.{name}"
            yield from machine_findings(path, [pool.machine_type], "on-demand", provider=None, topology=pool.topology)
            yield from node_findings(path, pool)
        yield from self._group_findings()
        yield from installed_findings(self)
        if self.monitoring.alerts and not isinstance(self.metrics, PrometheusMetrics):
            message = "needs Prometheus and Alertmanager of Slipway's, and cluster.metrics says that there is another"
            yield Finding("cluster.alerts", "monitoring.alerts", message, "leave it out, and have alerts sent there")
        yield from bucket_findings(self, None)
        present = self.cluster.present
        yield from value_findings(self, self.values, installed=(), present=present, own_cluster=False, driver=None)

    def _access_findings(self, surroundings: Surroundings) -> Iterator[Finding]:
        if isinstance(self.cluster.access, Kubeconfig) and surroundings.kubeconfig is None:
            yield Finding(
                "keys.kubeconfig",
                "slipway:kubeconfig",
                "is missing: cluster.access.source is 'pulumi'",
                "run pulumi config set --secret slipway:kubeconfig < kubeconfig.yaml, or set cluster.access.source to "
                "'context'",
            )

    def _group_findings(self) -> Iterator[Finding]:
        """Say that replicas over several hosts need a controller."""
        if "leader-worker-set" in self.cluster.present:
            return
        for name, pool in self.pools.items():
            if pool.hosts > 1:
                yield Finding(
                    "cluster.leader-worker-set",
                    f"{pool.path}.topology",
                    f"a replica on pool {name!r} spans {pool.hosts} hosts, and nothing in the cluster groups pods",
                    "install the chart lws and add leader-worker-set to cluster.present, or use slices of one host",
                )

    @override
    def ground(self, surroundings: Surroundings) -> "Ground":
        from stacks.clusters.existing.ground import ground

        return ground(self, surroundings)
