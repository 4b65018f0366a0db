"""A GKE cluster with TPU slices and GPUs: signals by managed Prometheus, weights in a bucket."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from typing_extensions import override

from slipway.addons.metrics import ManagedMetrics, Metrics
from slipway.checks import Finding
from slipway.checks.bill import PricedItem
from slipway.checks.placement import Pool
from slipway.checks.settings import DnsLabel, Settings
from slipway.gke.bucket_settings import BucketArgs, ExistingBucketArgs
from slipway.gke.facts import facts
from slipway.gke.network_settings import NetworkArgs, NewNetworkArgs
from slipway.gke.settings import (
    ClusterArgs,
    PoolArgs,
    StandardPoolArgs,
    region_of,
)
from slipway.servers.exposed import NoLoadBalancer
from slipway.serving.settings import KubernetesToken, PulumiToken, SecretManagerToken
from slipway.serving.shape import StorageKind
from stacks.clusters.gke.encryption import GkeEncryption
from stacks.clusters.gke.quota import GkeQuota
from stacks.stack import Stack
from stacks.surroundings import Surroundings

if TYPE_CHECKING:
    from stacks.ground import Ground


class GkeChartValues(Settings):
    """Values for the charts of add-ons, merged last over Slipway's own: the way out for whatever has no key."""

    leader_worker_set: dict[str, Any] = Field(default_factory=dict[str, Any])
    """For lws, which is there if a replica spans hosts."""


AlertChannel = Annotated[
    str,
    Field(
        pattern=r"^projects/[a-z][-a-z0-9]{4,28}[a-z0-9]/notificationChannels/\d+$",
        examples=["projects/my-project/notificationChannels/1234567890"],
    ),
]


class GkeStack(Stack):
    """Model servers on a GKE cluster with TPU slices and GPUs."""

    network: NetworkArgs = NewNetworkArgs()
    """The cluster's VPC: address ranges of the stack's own, or one that exists."""
    cluster: ClusterArgs
    """The cluster and its pools."""
    namespace: DnsLabel = "vllm"
    """Kubernetes namespace of the servers."""
    weights: BucketArgs
    """The bucket for weights and compiled programs: one of the stack's own, or one that exists."""
    encryption: GkeEncryption = GkeEncryption()
    """Keys of Cloud KMS that exist already."""
    hugging_face: Annotated[PulumiToken | KubernetesToken | SecretManagerToken, Field(discriminator="source")] = (
        PulumiToken()
    )
    """Where the token comes from with which models are downloaded from Hugging Face, if a server needs one."""
    values: GkeChartValues = GkeChartValues()
    """Values for the charts of add-ons."""
    alert_channels: tuple[AlertChannel, ...] = ()
    """Notification channels of Cloud Monitoring that are told of alerts, each made there once by hand; without any
    there are no alerts."""
    quota: GkeQuota = GkeQuota()
    """What the project may have in the region."""

    @property
    def region(self) -> str:
        """The region of the cluster."""
        return region_of(self.cluster.location)

    @property
    def is_autopilot(self) -> bool:
        """Whether the cluster makes nodes to fit the pods."""
        return self.cluster.mode == "autopilot"

    def zones(self, pool: PoolArgs) -> tuple[str, ...]:
        """Return the zones of a pool's nodes: its own, or else the cluster's; none where GKE chooses them."""
        location = self.cluster.location
        own = pool.zones if isinstance(pool, StandardPoolArgs) else ()
        return own or ((location,) if location != self.region else ())

    @property
    @override
    def machine_names(self) -> Mapping[str, tuple[str, ...]]:
        return {name: (pool.machine_type,) for name, pool in self.cluster.pools.items()}

    @cached_property
    @override
    def pools(self) -> Mapping[str, Pool]:
        found = {
            name: facts(
                f"cluster.pools.{name}",
                args,
                zones=self.zones(args),
                zones_path=None if getattr(args, "zones", ()) else "cluster.location",
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
    def token(self) -> PulumiToken | KubernetesToken | SecretManagerToken:
        return self.hugging_face

    @property
    @override
    def metrics(self) -> Metrics:
        return ManagedMetrics(path="cluster")

    @property
    @override
    def storage(self) -> StorageKind:
        return "cached"

    @property
    @override
    def reads_only(self) -> bool:
        return isinstance(self.weights, ExistingBucketArgs) and self.weights.read_only

    @property
    @override
    def exposures(self) -> Mapping[str, NoLoadBalancer]:
        reason = "GKE makes none of AWS: it has Network Load Balancers, behind 'internal'"
        return dict.fromkeys(("internal-alb", "public-alb"), NoLoadBalancer(reason, "write 'internal' or 'cluster'"))

    @override
    def cluster_findings(self, surroundings: Surroundings) -> Iterable[Finding]:
        from stacks.clusters.gke.findings import findings

        return findings(self, surroundings)

    @override
    def priced(self, fewest: Mapping[str, int]) -> list[PricedItem]:
        from stacks.clusters.gke.prices import priced

        return priced(self, fewest)

    @override
    def ground(self, surroundings: Surroundings) -> "Ground":
        from stacks.clusters.gke.ground import GkeGround

        return GkeGround(self, surroundings)
