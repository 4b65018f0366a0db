"""What was judged of a stack, as whoever plays it goes on to use it: no figure of it is worked out a second time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slipway.catalog.architecture import Model
from slipway.catalog.machines import Purchase, Slice
from slipway.checks.fit import Fit, Replica
from slipway.checks.signals import Monitoring
from slipway.checks.signals.assembly import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedServer:
    """One server.

    Attributes:
        pool: name of its pool.
        slice: what a replica gets there as a whole.
        purchase: how the pool's nodes are had.
        usd_per_node_hour: what a node of the pool costs with its disks, USD; None where no price is known.
        fit: how a replica fits the pool's first machine; None where a server holds models of nobody knows what size.
        startup_seconds: from the start of a container until it answers, with nothing cached.
        max_nodes: most nodes of the pool.
        disk_gib: disk of a node that images and pods share, GiB; infinite where it is not judged.
        exposure: the type of its load balancer, such as `public-alb`; `cluster` where it has none.
        source_ranges: address ranges that may connect to a public load balancer.
    """

    pool: str
    slice: Slice
    purchase: Purchase
    usd_per_node_hour: float | None
    fit: Fit | None
    startup_seconds: int
    max_nodes: int
    disk_gib: float
    exposure: str
    source_ranges: Sequence[str]

    @property
    def replica(self) -> Replica | None:
        """What was judged to fit."""
        return self.fit.replica if self.fit else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesThere:
    """Nodes alike of a cluster that is there already, as the stack file states them.

    Attributes:
        slice: what they form.
        labels: what they have and no others.
        taints: key, value and effect of each beside the one that is named after the resource.
        resource: the extended resource of their chips.
        most: how many there can be.
        disk_gib: disk of a node for images and models, GiB.
    """

    slice: Slice
    labels: Mapping[str, str]
    taints: Sequence[tuple[str, str, str]]
    resource: str
    most: int
    disk_gib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """What a cluster has before the stack comes.

    Attributes:
        nodes: by the pool's name.
        addons: such as `gpu-operator`.
        releases: the Helm releases that signals go through.
        claims: `namespace/name` of each PersistentVolumeClaim that pods mount.
    """

    nodes: Mapping[str, NodesThere]
    addons: frozenset[str]
    releases: Sequence[Release]
    claims: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A stack as a whole.

    Attributes:
        servers: all of them, by name.
        models: those that they may name.
        signals: the chain that its autoscalers follow; None where nothing was judged.
        there: what the cluster has already; None where the stack makes the cluster.
        allow_replacement: titles of resources that an update may replace or delete, such as `Bucket prod`.
    """

    servers: Mapping[str, JudgedServer] = field(default_factory=dict[str, JudgedServer])
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])
    signals: Monitoring | None = None
    there: There | None = None
    allow_replacement: Sequence[str] = ()

    def server_of(self, labels: Mapping[str, str]) -> JudgedServer | None:
        """Return the server whose pods have these labels; None if they are none's."""
        exports = self.signals.exports if self.signals else ()
        found = next((each.workload.name for each in exports if each.labels.items() <= labels.items()), None)
        return self.servers[found] if found else None
