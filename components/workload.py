"""What clusters, storage and servers say to one another: the hardware a replica gets, what it mounts, how it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

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
    """

    resource: str
    count: int
    hosts: int
    node_selector: Mapping[str, str]
    memory_gib: int
    shared_memory_gib: int
    nodes: Sequence[pulumi.Resource] = field(default=())


@dataclass(frozen=True, slots=True)
class Volumes:
    """Storage that a pod mounts.

    Attributes:
        path: where its files are.
        annotations: what the pod must carry for it.
        disk_gib: disk of the node that the pod must ask for, GiB.
        claim: name of the PersistentVolumeClaim behind it, where there is one.
        depends_on: what must exist before a pod can mount it.
    """

    path: str
    annotations: Mapping[str, str]
    volumes: Sequence[k8s.core.v1.VolumeArgsDict]
    mounts: Sequence[k8s.core.v1.VolumeMountArgsDict]
    disk_gib: int = 0
    claim: pulumi.Input[str] | None = None
    depends_on: Sequence[pulumi.Resource] = field(default=())


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


def labels(name: str) -> dict[str, str]:
    """Return the labels by which Services, autoscalers and monitors find a workload's pods; they never change."""
    return {"app.kubernetes.io/name": name}


def grace_seconds(drain_seconds: int, propagation_seconds: int = ENDPOINT_PROPAGATION_SECONDS) -> int:
    """Return a termination grace period that outlasts the wait before SIGTERM and the drain after it."""
    return propagation_seconds + drain_seconds + GRACE_MARGIN_SECONDS
