"""What is simulated of a stack: a server, its autoscaler, and the part of a pool that it can have."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rehearsal import scheduling
from rehearsal.client import Json
from rehearsal.engine.batching import Limits
from rehearsal.engine.fleet import Shape
from rehearsal.nodes import Pool, nodes_of_step
from rehearsal.server import Server
from rehearsal.stack import PlayedStack
from simulate import hpa_manifest
from simulate.hpa import Autoscaler
from slipway.catalog.machines import Purchase
from slipway.checks.quantities import seconds

IMAGE_PULL_SECONDS = 60
"""Time in which a new node gets the engine's image: an assumption; some 10 GB at a Gbit/s or two would be this much."""

METRIC_DELAY_SECONDS = 5
"""From a scrape until the adapter answers with its value: an assumption; Cloud Monitoring states none for Prometheus
series."""


class NotSimulatedError(Exception):
    """The stack has something that cannot be simulated; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolShare:
    """The nodes that a server can have of its pool when every other server there keeps its fewest replicas.

    Attributes:
        nodes_of_group: nodes that come and go together, 1 or the hosts of a slice.
        replicas_of_group: replicas that such nodes hold.
        minimum: fewest groups.
        maximum: most groups.
        machine: name of the machine type.
        purchase: how the nodes are had.
        usd_per_node_hour: what a node costs with its disks, USD; None where no price is known.
    """

    name: str
    nodes_of_group: int
    replicas_of_group: int
    minimum: int
    maximum: int
    machine: str
    purchase: Purchase
    usd_per_node_hour: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A server and everything around it that decides how it scales. All times are in seconds.

    Attributes:
        signal: name of the series behind the autoscaler's metric.
        metric: name of that metric.
        scrape_seconds: between two scrapes of a pod.
        metric_delay: from a scrape until the autoscaler can have its value.
        node_seconds: from a pod that does not fit until its node is there.
        idle_seconds: how long a node is idle before it goes.
        pull_seconds: from a new node until it has the image.
        load_seconds: from the start of a container until the engine answers.
    """

    server: str
    autoscaler: Autoscaler
    limits: Limits
    shape: Shape
    signal: str
    metric: str
    pool: PoolShare
    scrape_seconds: int
    metric_delay: int = METRIC_DELAY_SECONDS
    node_seconds: int
    idle_seconds: int
    pull_seconds: int = IMAGE_PULL_SECONDS
    load_seconds: int

    @property
    def target(self) -> float:
        """What the autoscaler aims at, a replica on average."""
        return self.autoscaler.metrics[0].target / 1000

    def following(self, signal: str, target: float) -> "Scenario":
        """Return the same with another signal or target."""
        metric = replace(self.autoscaler.metrics[0], target=round(target * 1000))
        return replace(self, signal=signal, autoscaler=replace(self.autoscaler, metrics=(metric,)))

    def with_minimum(self, replicas: int) -> "Scenario":
        """Return the same with other fewest replicas."""
        bounds = replace(self.autoscaler.bounds, minimum=replicas)
        return replace(self, autoscaler=replace(self.autoscaler, bounds=bounds))


def scenarios(stack: PlayedStack) -> tuple[list[Scenario], list[str]]:
    """Return one for each server, and of each other server why it is not simulated.

    Raises:
        NotSimulatedError: no server can be simulated.
        UnsupportedMetricError: an autoscaler follows CPU or memory.
    """
    found: list[Scenario] = []
    left_out: list[str] = []
    for server in stack.servers:
        try:
            found.append(_scenario(stack, server))
        except NotSimulatedError as error:
            left_out.append(str(error))
    if not found:
        raise NotSimulatedError("; ".join([*stack.unloaded, *left_out]))
    return found, left_out


def _scenario(stack: PlayedStack, server: Server) -> Scenario:
    if server.engine.limits is None:
        raise NotSimulatedError(f"server {server.name}: its engine has no continuous batch")
    return Scenario(
        server=server.name,
        autoscaler=hpa_manifest.read(server.autoscaler),
        limits=server.engine.limits,
        shape=server.load.shape,
        signal=_series(server.metric),
        metric=server.metric,
        pool=_share(stack, server),
        scrape_seconds=_scrape_seconds(stack.manifests, server),
        node_seconds=stack.add_seconds,
        idle_seconds=stack.remove_seconds,
        load_seconds=server.engine.load_seconds,
    )


def _series(metric: str) -> str:
    """Return the series in `prometheus.googleapis.com|<series>|<type>`, and a name of another form as it is."""
    parts = metric.split("|")
    return parts[1] if len(parts) == 3 else metric


def _share(stack: PlayedStack, server: Server) -> PoolShare:
    pool = _pool(stack.pools, server)
    others = [each for each in stack.servers if each is not server and _pool(stack.pools, each).name == pool.name]
    judged = stack.judged.servers[server.name]
    taken = sum(-(-each.minimum // _replicas(pool, each)) for each in others)
    return PoolShare(
        name=pool.name,
        nodes_of_group=pool.step,
        replicas_of_group=_replicas(pool, server),
        minimum=max(pool.minimum // pool.step - taken, 0),
        maximum=max(pool.maximum // pool.step - taken, 0),
        machine=judged.slice.machine.name,
        purchase=judged.purchase,
        usd_per_node_hour=judged.usd_per_node_hour,
    )


def _pool(pools: Sequence[Pool], server: Server) -> Pool:
    found = next((pool for pool in pools if _replicas(pool, server)), None)
    if found is None:
        raise NotSimulatedError(f"server {server.name}: its pods fit no node pool; `make preview` says why")
    return found


def _replicas(pool: Pool, server: Server) -> int:
    """Return how many replicas the nodes hold that come together."""
    pod: Json = server.workload["spec"]["template"]
    node = nodes_of_step(pool, 0)[0]
    left, count = scheduling.free(node, []), 0
    while scheduling.fits(pod, node, left):
        left, count = scheduling.take(left, pod), count + 1
    return count


def _scrape_seconds(manifests: Sequence[Json], server: Server) -> int:
    labels: dict[str, str] = server.workload["spec"]["template"]["metadata"]["labels"]
    intervals = [
        round(seconds(endpoint["interval"]))
        for each in manifests
        if each["kind"] in ("PodMonitoring", "PodMonitor") and each["metadata"]["namespace"] == server.namespace
        if each["spec"]["selector"].get("matchLabels", {}).items() <= labels.items()
        for endpoint in _endpoints(each["spec"])
    ]
    if not intervals:
        raise NotSimulatedError(f"server {server.name}: nothing in the stack scrapes its pods")
    return min(intervals)


def _endpoints(spec: Json) -> list[dict[str, Any]]:
    return spec.get("endpoints") or spec.get("podMetricsEndpoints") or []
