"""What of a recorded stack is played: its Kubernetes objects, its nodes, and the servers that autoscale."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offline import Recording
from offline.manifests import manifest
from rehearsal import gke_pools
from rehearsal.client import Json
from rehearsal.clock import Clock
from rehearsal.control_plane import LOAD_SECONDS
from rehearsal.engine import vllm_pod
from rehearsal.engine.load import Load, loads
from rehearsal.engine.vllm_pod import Vllm
from rehearsal.metrics.managed_collection import Cluster
from rehearsal.nodes import Pool
from rehearsal.scheduling import quantity

RELEASE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A model server that an autoscaler scales and load clients load.

    Attributes:
        autoscaler: its HorizontalPodAutoscaler.
        workload: what that scales.
        clients: the Deployment of its load clients.
        engine: what its pods run.
        load: what each client sends.
    """

    autoscaler: Json
    workload: Json
    clients: Json
    engine: Vllm
    load: Load

    @property
    def name(self) -> str:
        """The server's name."""
        return self.workload["metadata"]["name"]

    @property
    def namespace(self) -> str:
        """Where its objects are."""
        return self.workload["metadata"]["namespace"]

    @property
    def minimum(self) -> int:
        """Fewest replicas."""
        return self.autoscaler["spec"].get("minReplicas", 1)

    @property
    def maximum(self) -> int:
        """Most replicas."""
        return self.autoscaler["spec"]["maxReplicas"]

    @property
    def metric(self) -> str:
        """The name of the metric that the autoscaler follows."""
        return self.autoscaler["spec"]["metrics"][0]["pods"]["metric"]["name"]

    @property
    def target(self) -> float:
        """The average of the metric that it aims at."""
        return float(quantity(self.autoscaler["spec"]["metrics"][0]["pods"]["target"]["averageValue"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedStack:
    """One stack, ready to be played.

    Attributes:
        manifests: its Kubernetes objects, in the order of their creation.
        pools: its nodes.
        cluster: what managed collection calls it.
        servers: what is loaded.
        not_rehearsed: what the stack has and a rehearsal leaves out, for people.
    """

    name: str
    manifests: Sequence[Json]
    pools: Sequence[Pool]
    cluster: Cluster
    servers: Sequence[Server]
    not_rehearsed: Sequence[str]


class NothingToPlayError(Exception):
    """The stack has no server that could be loaded and scaled here."""


def read(recording: Recording) -> PlayedStack:
    """Return what is played of a recording.

    Raises:
        NothingToPlayError: the stack is not on GKE, or no server of it can be played.
        UnknownMachineError: a pool has machines of unknown size.
    """
    if not recording.of(gke_pools.CLUSTER):
        raise NothingToPlayError(f"{recording.stack} has no GKE cluster; only stacks on GKE are rehearsed so far")
    manifests = [manifest(resource) for resource in recording.resources if resource.is_kubernetes_object]
    [cluster] = recording.of(gke_pools.CLUSTER)
    servers = [server for each in manifests if (server := _server(each, manifests))]
    autoscalers = {each["metadata"]["name"] for each in manifests if each["kind"] == "HorizontalPodAutoscaler"}
    if not servers:
        raise NothingToPlayError(
            f"{recording.stack}: no Deployment of vLLM that a HorizontalPodAutoscaler scales and load clients load; "
            "servers whose replicas span several hosts are not rehearsed"
        )
    left_out = sorted(autoscalers - {server.name for server in servers})
    return PlayedStack(
        name=recording.stack,
        manifests=manifests,
        pools=gke_pools.pools(recording, manifests),
        cluster=Cluster(
            project=str(cluster.state["project"]),
            location=str(cluster.state["location"]),
            name=str(cluster.state["name"]),
        ),
        servers=servers,
        not_rehearsed=[*_cloud(recording), *(f"server {name}: its replicas span several hosts" for name in left_out)],
    )


def compressed(manifest: Json, clock: Clock) -> Json:
    """Return an object with the times compressed that the control plane takes from it.

    Those are the windows and periods of an autoscaler's behaviour, in whole seconds, and the load time of an engine.
    """
    spec = manifest.get("spec", {})
    if manifest["kind"] == "HorizontalPodAutoscaler" and "behavior" in spec:
        behavior = {side: _rules(rules, clock) for side, rules in spec["behavior"].items()}
        return {**manifest, "spec": {**spec, "behavior": behavior}}
    engine = vllm_pod.read(pod) if (pod := spec.get("template", {}).get("spec")) else None
    if engine is None:
        return manifest
    template, metadata = spec["template"], spec["template"].get("metadata", {})
    wait = {LOAD_SECONDS: f"{clock.compressed(engine.load_seconds):.1f}"}
    annotated = {**metadata, "annotations": {**metadata.get("annotations", {}), **wait}}
    return {**manifest, "spec": {**spec, "template": {**template, "metadata": annotated}}}


def _rules(rules: Mapping[str, object], clock: Clock) -> Json:
    shorter: Json = dict(rules)
    if window := shorter.get("stabilizationWindowSeconds"):
        shorter["stabilizationWindowSeconds"] = max(round(clock.compressed(window)), 1)
    if "policies" in shorter:
        shorter["policies"] = [
            {**each, "periodSeconds": max(round(clock.compressed(each["periodSeconds"])), 1)}
            for each in shorter["policies"]
        ]
    return shorter


def _server(autoscaler: Json, manifests: Sequence[Json]) -> Server | None:
    if autoscaler["kind"] != "HorizontalPodAutoscaler":
        return None
    deployments = {
        each["metadata"]["name"]: each
        for each in manifests
        if each["kind"] == "Deployment" and each["metadata"]["namespace"] == autoscaler["metadata"]["namespace"]
    }
    workload = deployments.get(autoscaler["spec"]["scaleTargetRef"]["name"])
    clients = workload and deployments.get(f"{workload['metadata']['name']}-load")
    if workload is None or clients is None:
        return None
    engine = vllm_pod.read(workload["spec"]["template"]["spec"])
    sent = next(iter(loads(clients["spec"]["template"])), None)
    if engine is None or sent is None:
        return None
    return Server(autoscaler=autoscaler, workload=workload, clients=clients, engine=engine, load=sent)


def _cloud(recording: Recording) -> list[str]:
    releases = [f"Helm release {each.name}" for each in recording.of(RELEASE)]
    packages = Counter(each.type.partition(":")[0] for each in recording.resources if each.custom and ":" in each.type)
    clouds = [
        f"{count} {package} resources, such as networks, identities and buckets"
        for package, count in sorted(packages.items())
        if package not in ("kubernetes", "pulumi")
    ]
    return [*releases, *clouds]
