"""What of a recorded stack is played: its Kubernetes objects, its nodes, its way of metrics, and its servers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offline import Recording
from offline.manifests import manifest
from rehearsal import cluster_there, eks_pools, existing_pools, gke_pools, releases
from rehearsal.client import Json
from rehearsal.cluster_there import ClusterThere
from rehearsal.engine import pods
from rehearsal.engine.engine import AnyEngine, Surroundings, named
from rehearsal.metrics.adapter_standing import viewers
from rehearsal.metrics.gke import GkePlan
from rehearsal.metrics.managed_collection import Cluster
from rehearsal.metrics.operator import OperatorPlan
from rehearsal.metrics.path import MetricsPlan
from rehearsal.nodes import Pool
from rehearsal.not_rehearsed import not_rehearsed
from rehearsal.releases import PROMETHEUS_ADAPTER, PROMETHEUS_STACK, Release, release
from rehearsal.server import Server, servers
from slipway.checks.judged import Judged, There

IAM_MEMBER = "gcp:projects/iAMMember:IAMMember"
CLUSTER_THERE = Cluster(project="project", location="location", name="cluster")
"""What the collectors of a cluster that is there already write on every series; nothing of a stack says it."""
SERVICE_MONITORS = ("ServiceMonitors: the API server takes no loopback address for what is behind a Service",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedStack:
    """One stack, ready to be played.

    Attributes:
        manifests: its Kubernetes objects, in the order of their creation.
        pools: its nodes.
        add_seconds: from a pod that does not fit until a new node is Ready.
        remove_seconds: how long a node may be idle.
        metrics: the way of series to its autoscalers.
        servers: what is loaded.
        not_rehearsed: what the stack has and a rehearsal leaves out, for people.
        unloaded: the servers that are deployed and not loaded, and why, for people.
        judged: what was judged of the stack.
        there: the cluster, where it is there already.
    """

    name: str
    manifests: Sequence[Json]
    pools: Sequence[Pool]
    add_seconds: int
    remove_seconds: int
    metrics: MetricsPlan
    servers: Sequence[Server]
    not_rehearsed: Sequence[str]
    judged: Judged
    there: ClusterThere | None = None
    unloaded: Sequence[str] = ()

    @property
    def ready_seconds(self) -> float:
        """How long a pod of those that are loaded may take until it is Ready, with a node of its own."""
        return self.add_seconds + max((server.engine.load_seconds for server in self.servers), default=0)

    @property
    def has_real_engines(self) -> bool:
        """Whether a real server runs in the pods of some server."""
        return any(server.engine.is_real for server in self.servers)

    def around(self, pod: Json) -> Surroundings | None:
        """Return what a pod, or the template of one, leads to, if it is a server's that was judged to fit."""
        return _around(pod, self.judged, self.manifests, self.pools)

    def engine(self, pod: Json) -> AnyEngine | None:
        """Return the engine of a pod, or of the template of one, if it has one of those that are played."""
        around = self.around(pod)
        return pods.read(pod["spec"], around) if around else None


class NothingToPlayError(Exception):
    """The stack has no server that could be loaded and scaled here."""


def read(recording: Recording) -> PlayedStack:
    """Return what of a recording has an autoscaler and load, whichever cluster it is on.

    Raises:
        NothingToPlayError: it has no cluster, or nothing of it says what scrapes its pods.
        UnknownMachineError: a pool has machines of unknown size.
    """
    if recording.of(gke_pools.CLUSTER):
        return _on_gke(recording)
    if recording.of(eks_pools.CLUSTER):
        return _on_eks(recording)
    there = recording.judged.there
    if there is None:
        raise NothingToPlayError(f"{recording.stack} has no cluster, neither of its own nor one that is there already")
    return _on_existing(recording, there)


def _on_gke(recording: Recording) -> PlayedStack:
    [cluster] = recording.of(gke_pools.CLUSTER)
    named = Cluster(
        project=str(cluster.state["project"]), location=str(cluster.state["location"]), name=str(cluster.state["name"])
    )
    manifests = _manifests(recording)
    return _played(
        recording,
        manifests,
        gke_pools.pools(recording, manifests),
        seconds=(gke_pools.ADD_SECONDS, gke_pools.REMOVE_SECONDS),
        metrics=GkePlan(named, viewers([each.inputs for each in recording.of(IAM_MEMBER)])),
    )


def _on_eks(recording: Recording) -> PlayedStack:
    manifests = _manifests(recording)
    found, stack = eks_pools.pools(recording, manifests), release(recording, PROMETHEUS_STACK)
    if stack is None:
        raise NothingToPlayError(f"{recording.stack} has no release of {PROMETHEUS_STACK}, so nothing scrapes its pods")
    return _played(
        recording,
        manifests,
        found,
        seconds=(eks_pools.ADD_SECONDS, eks_pools.idle_seconds(recording, manifests)),
        metrics=OperatorPlan(stack, release(recording, PROMETHEUS_ADAPTER)),
        further=[*SERVICE_MONITORS, *eks_pools.choices(recording, manifests)],
    )


def _on_existing(recording: Recording, there: There) -> PlayedStack:
    charts = cluster_there.installed(there)
    stack = charts.get(PROMETHEUS_STACK) or release(recording, PROMETHEUS_STACK)
    adapter = charts.get(PROMETHEUS_ADAPTER) or release(recording, PROMETHEUS_ADAPTER)
    played = _played(
        recording,
        _manifests(recording),
        existing_pools.pools(recording, there),
        seconds=(gke_pools.ADD_SECONDS, gke_pools.REMOVE_SECONDS),
        metrics=OperatorPlan(stack, adapter) if stack else GkePlan(CLUSTER_THERE, None),
        further=SERVICE_MONITORS if stack else (),
    )
    return replace(played, there=cluster_there.read(recording, there))


def _played(
    recording: Recording,
    manifests: Sequence[Json],
    pools_: Sequence[Pool],
    *,
    seconds: tuple[int, int],
    metrics: MetricsPlan,
    further: Sequence[str] = (),
) -> PlayedStack:
    """Return what is played on some pools, whose nodes take so many `seconds` to come and to go.

    Args:
        further: what is not rehearsed beside what the recording shows.
    """

    def read_pod(pod: Json) -> AnyEngine | None:
        around = _around(pod, recording.judged, manifests, pools_)
        return pods.read(pod["spec"], around) if around else None

    loaded, unloaded = servers(manifests, read_pod)
    return PlayedStack(
        name=recording.stack,
        manifests=manifests,
        pools=pools_,
        add_seconds=seconds[0],
        remove_seconds=seconds[1],
        metrics=metrics,
        servers=loaded,
        not_rehearsed=[*not_rehearsed(recording), *further, *unloaded],
        judged=recording.judged,
        unloaded=unloaded,
    )


def _manifests(recording: Recording) -> list[Json]:
    """Return the Kubernetes objects of a stack, and in place of each Helm release what is played of it."""
    found: list[Json] = []
    for resource in recording.resources:
        if resource.is_kubernetes_object:
            found.append(manifest(resource))
        elif resource.type == releases.TYPE:
            found += releases.objects(Release.of(resource.inputs))
    return found


def _around(pod: Json, judged: Judged, manifests: Sequence[Json], pools_: Sequence[Pool]) -> Surroundings | None:
    server = judged.server_of(pod.get("metadata", {}).get("labels", {}))
    if server is None or server.replica is None:
        return None
    maps = {named(each["metadata"]["name"]): each.get("data", {}) for each in manifests if each["kind"] == "ConfigMap"}
    chip = server.slice.machine.chip
    resource = judged.there.nodes[server.pool].resource if judged.there else chip.resource
    return Surroundings(server.replica, chip.device, pools_, maps, (resource,))
