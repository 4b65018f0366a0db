"""What clusters, storage and servers say to one another: the hardware a replica gets, what it mounts, how it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.machines import Slice
from slipway.checks.placement import Pool

ENDPOINT_PROPAGATION_SECONDS = 20
"""Time for which a stopping pod still gets requests, until every proxy has dropped its address."""

GRACE_MARGIN_SECONDS = 30

POOL_LABEL = "slipway.dev/pool"
"""Node label that ties pods to a pool."""


@dataclass(frozen=True, slots=True)
class Accelerator:
    """What the pods of a replica ask of their nodes.

    Attributes:
        resource: the extended resource, such as `google.com/tpu`.
        count: how many of it a pod gets; on TPU all chips of the machine.
        hosts: pods of a replica, each on a node of its own.
        node_selector: labels of the nodes.
        memory_gib: main memory that the server itself asks for, GiB.
        shared_memory_gib: size of `/dev/shm`, GiB.
        nodes: the pool; workloads are created after it and deleted before it.
        taints: of the nodes beside the one that is named after the resource: key, value (any if empty) and effect.
    """

    resource: str
    count: int
    hosts: int
    node_selector: Mapping[str, str]
    memory_gib: int
    shared_memory_gib: int
    nodes: Sequence[pulumi.Resource] = field(default=())
    taints: Sequence[tuple[str, str, str]] = field(default=())

    @property
    def tolerations(self) -> list[k8s.core.v1.TolerationArgsDict]:
        """What pods state so that the nodes take them."""
        own: k8s.core.v1.TolerationArgsDict = {"key": self.resource, "operator": "Exists", "effect": "NoSchedule"}
        others: list[k8s.core.v1.TolerationArgsDict] = [
            {"key": key, "operator": "Equal", "value": value, "effect": effect}
            if value
            else {"key": key, "operator": "Exists", "effect": effect}
            for key, value, effect in self.taints
        ]
        return [own, *others]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a server asks of the nodes of any pool.

    Attributes:
        chips: of a replica.
        memory_gib: main memory of a pod's server itself, GiB.
        shared_memory_gib: size of its `/dev/shm`, GiB.
    """

    chips: int
    memory_gib: int
    shared_memory_gib: int

    def accelerator(
        self,
        slice_: Slice,
        *,
        node_selector: Mapping[str, str],
        nodes: Sequence[pulumi.Resource] = (),
        resource: str | None = None,
        taints: Sequence[tuple[str, str, str]] = (),
    ) -> Accelerator:
        """Return what pods ask for to get it on nodes with these labels: of a TPU machine, all of its chips."""
        whole = slice_.topology is not None
        return Accelerator(
            resource=resource or slice_.machine.chip.resource,
            count=slice_.machine.chips if whole else self.chips,
            hosts=slice_.hosts,
            node_selector=node_selector,
            memory_gib=self.memory_gib,
            shared_memory_gib=self.shared_memory_gib,
            nodes=nodes,
            taints=taints,
        )


class Nodes(Protocol):
    """Nodes of one pool.

    Attributes:
        facts: what is known of them, by which servers are judged.
    """

    @property
    def facts(self) -> Pool: ...  # noqa: D102

    def accelerator(self, asked: Asked) -> Accelerator:
        """Return what pods ask for to get it here."""
        ...


@dataclass(frozen=True, slots=True)
class Volumes:
    """Storage that a pod mounts.

    Attributes:
        path: where its files are.
        annotations: what the pod must carry for it.
        disk_gib: disk of the node that the pod must ask for, GiB.
        read_only: whether pods find the files of each model beneath its name, and may write nothing.
        claim: name of the PersistentVolumeClaim behind it, where there is one.
        depends_on: what must exist before a pod can mount it.
    """

    path: str
    annotations: Mapping[str, str]
    volumes: Sequence[k8s.core.v1.VolumeArgsDict]
    mounts: Sequence[k8s.core.v1.VolumeMountArgsDict]
    disk_gib: int = 0
    read_only: bool = False
    claim: pulumi.Input[str] | None = None
    depends_on: Sequence[pulumi.Resource] = field(default=())

    def found_at(self, model: str) -> str:
        """Return what an engine is told to load: the name of a model on Hugging Face, or the folder where it is."""
        return f"{self.path}/{model}" if self.read_only else model


@dataclass(frozen=True, slots=True)
class Startup:
    """How long a replica may take until it answers; everything that waits for it is longer than the last.

    Attributes:
        seconds: from the start of the container, with weights and compiled programs not yet cached.
    """

    seconds: int

    @property
    def probe(self) -> k8s.core.v1.ProbeArgsDict:
        """The part of a startup probe that says how long it tries."""
        return {"period_seconds": 10, "failure_threshold": -(-self.seconds // 10)}

    @property
    def progress_deadline_seconds(self) -> int:
        """After it a rollout counts as failed: the node's own start and the image come on top."""
        return self.seconds + 15 * 60

    @property
    def timeouts(self) -> pulumi.CustomTimeouts:
        """After it `pulumi up` gives up."""
        timeout = f"{(self.progress_deadline_seconds + 5 * 60) // 60}m"
        return pulumi.CustomTimeouts(create=timeout, update=timeout)


class Probes(TypedDict):
    """The probes of a container that answers requests."""

    startup_probe: k8s.core.v1.ProbeArgsDict
    readiness_probe: k8s.core.v1.ProbeArgsDict
    liveness_probe: k8s.core.v1.ProbeArgsDict


def probes(startup: Startup, *, ready_path: str, live_path: str, port: str | int = "http") -> Probes:
    """Return how the kubelet asks a server.

    A saturated engine answers late: it leaves the Service after half a minute of silence, not when it is needed most,
    and is started anew after two. llm-d-benchmark#1734 saw healthy engines fail with Kubernetes' own one second.
    """
    ready: k8s.core.v1.ProbeArgsDict = {"http_get": {"path": ready_path, "port": port}, "timeout_seconds": 5}
    live: k8s.core.v1.ProbeArgsDict = {"http_get": {"path": live_path, "port": port}, "timeout_seconds": 5}
    return {
        "startup_probe": {**ready, **startup.probe},
        "readiness_probe": {**ready, "period_seconds": 5, "failure_threshold": 6},
        "liveness_probe": {**live, "period_seconds": 10, "failure_threshold": 12},
    }


def labels(name: str) -> dict[str, str]:
    """Return the labels by which Services, autoscalers and monitors find a workload's pods; they never change."""
    return {"app.kubernetes.io/name": name}


def grace_seconds(drain_seconds: int, propagation_seconds: int = ENDPOINT_PROPAGATION_SECONDS) -> int:
    """Return a termination grace period that outlasts the wait before SIGTERM and the drain after it."""
    return propagation_seconds + drain_seconds + GRACE_MARGIN_SECONDS
