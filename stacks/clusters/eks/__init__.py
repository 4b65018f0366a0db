"""An EKS cluster with GPUs: signals by a Prometheus of its own, weights on nodes or on shared storage."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import override

from slipway.addons.metrics import Metrics, PrometheusMetrics
from slipway.addons.settings import MonitoringArgs
from slipway.checks import Finding
from slipway.checks.bill import PricedItem
from slipway.checks.placement import Pool
from slipway.checks.settings import Count
from slipway.eks.facts import facts
from slipway.eks.network_settings import ExistingNetworkArgs, NetworkArgs
from slipway.eks.settings import (
    ClusterArgs,
    GpuPoolArgs,
    MountedBucketArgs,
    SharedStorageArgs,
    SystemPoolArgs,
    region_of,
)
from slipway.servers.exposed import NoLoadBalancer
from slipway.serving.settings import KubernetesToken, PulumiToken
from slipway.serving.shape import StorageKind
from stacks.chart_values import ChartValues
from stacks.clusters.eks.encryption import EksEncryption
from stacks.quota import StatedQuota
from stacks.stack import Stack
from stacks.surroundings import Surroundings

if TYPE_CHECKING:
    from stacks.ground import Ground


class Ec2Quota(StatedQuota):
    """vCPUs that the account may run in the region, as Service Quotas shows them; what is left out is not judged."""

    on_demand_g_and_vt: Count | None = None
    """"Running On-Demand G and VT instances"; reservations count, too."""
    on_demand_p: Count | None = None
    """"Running On-Demand P instances"; reservations count, too, and capacity blocks do not."""
    on_demand_standard: Count | None = None
    """"Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances": the system pool."""
    spot_g_and_vt: Count | None = None
    """"All G and VT Spot Instance Requests"."""
    spot_p4: Count | None = None
    """"All P4, P3 and P2 Spot Instance Requests"."""
    spot_p5: Count | None = None
    """"All P5 Spot Instance Requests"."""


class EksStack(Stack):
    """Model servers on an EKS cluster with GPUs."""

    network: NetworkArgs
    """The cluster's VPC: one of the stack's own, or one that exists."""
    cluster: ClusterArgs
    """The cluster and its GPU pools."""
    shared_storage: SharedStorageArgs | None = None
    """Storage that all servers share, on EFS; without it, each replica keeps its files on its node."""
    weights: MountedBucketArgs | None = None
    """A bucket that exists, with the models of all servers; without it, these are downloaded."""
    monitoring: MonitoringArgs = MonitoringArgs()
    """The Prometheus of the cluster."""
    wait_for_gpu_operator: bool = False
    """Whether servers are created only once the GPU operator reports that all it runs on GPU nodes is ready: what fails
    there then says so, where the servers' pods would only wait for GPUs."""
    values: ChartValues = ChartValues()
    """Values for the charts of add-ons."""
    encryption: EksEncryption = EksEncryption()
    """Keys of AWS KMS that exist already."""
    hugging_face: Annotated[PulumiToken | KubernetesToken, Field(discriminator="source")] = PulumiToken()
    """Where the token comes from with which models are downloaded from Hugging Face, if a server needs one."""
    quota: Ec2Quota = Ec2Quota()
    """What the account may run in the region."""

    @property
    def region(self) -> str:
        """The region of the network's zones."""
        return region_of(self.network.zones[0])

    @property
    def zones_path(self) -> str:
        """Where the zones of the network are stated."""
        return "network.existing.subnets" if isinstance(self.network, ExistingNetworkArgs) else "network.zones"

    def zones(self, pool: GpuPoolArgs | SystemPoolArgs) -> tuple[str, ...]:
        """Return the zones of a pool's nodes: its own, or else those of the control plane."""
        return pool.zones or self.network.home_zones

    @property
    @override
    def machine_names(self) -> Mapping[str, tuple[str, ...]]:
        return {name: pool.instance_type for name, pool in self.cluster.pools.items()}

    @cached_property
    @override
    def pools(self) -> Mapping[str, Pool]:
        found = {
            name: facts(
                f"cluster.pools.{name}",
                args,
                zones=self.zones(args),
                zones_path=None if args.zones else self.zones_path,
            )
            for name, args in self.cluster.pools.items()
        }
        return {name: pool for name, pool in found.items() if pool}

    @property
    @override
    def protected(self) -> bool:
        return self.cluster.deletion_protection

    @property
    @override
    def token(self) -> PulumiToken | KubernetesToken:
        return self.hugging_face

    @property
    @override
    def metrics(self) -> Metrics:
        values = self.values
        return PrometheusMetrics(
            args=self.monitoring, stack=values.kube_prometheus_stack, adapter=values.prometheus_adapter
        )

    @property
    @override
    def storage(self) -> StorageKind:
        if self.weights:
            return "mounted"
        return "shared" if self.shared_storage else "node"

    @property
    @override
    def reads_only(self) -> bool:
        return self.weights is not None

    @property
    @override
    def exposures(self) -> Mapping[str, NoLoadBalancer]:
        return {}

    @override
    def cluster_findings(self, surroundings: Surroundings) -> Iterable[Finding]:
        from stacks.clusters.eks.findings import findings

        return findings(self)

    @override
    def priced(self, fewest: Mapping[str, int]) -> list[PricedItem]:
        from stacks.clusters.eks.prices import priced

        return priced(self, fewest)

    @override
    def ground(self, surroundings: Surroundings) -> "Ground":
        from stacks.clusters.eks.ground import EksGround

        return EksGround(self, surroundings)
