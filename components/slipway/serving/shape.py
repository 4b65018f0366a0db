"""What the objects of a server say, as plain data: derived once from settings, judged by checks, registered by the
component. Importing it loads no cloud SDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from slipway.catalog.footprint import MOUNTPOINT_MEMORY_GIB
from slipway.checks.signals import Export, Scrape
from slipway.serving.exposure import AnyExposure
from slipway.serving.scaling import Scaling
from slipway.serving.settings import Rollout

SCRAPE_SECONDS = 15

StorageKind = Literal["node", "shared", "cached", "mounted"]
"""Where files of models are: on each node, in what all nodes mount, there behind a cache in a node's memory, or in a
bucket that is read as it is."""

API_VERSIONS = {"Deployment": "apps/v1", "LeaderWorkerSet": "leaderworkerset.x-k8s.io/v1"}
"""Of the workloads that autoscalers scale, by kind."""


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """Where a collector finds the series of a server.

    Attributes:
        port: name of the container's port.
    """

    port: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the files of a model take, GiB.

    Attributes:
        disk_gib: of a disk, with what is made of them.
        cache_gib: of a cache through which they are read.
    """

    disk_gib: int
    cache_gib: int

    def held(self, storage: StorageKind) -> tuple[int, int]:
        """Return the main memory beside the server's own, and the disk, that a pod takes of its node for them, GiB."""
        match storage:
            case "cached":
                return self.cache_gib, 0
            case "mounted":
                return MOUNTPOINT_MEMORY_GIB, 0
            case "node" | "shared":
                return 0, self.disk_gib


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the objects of a server say.

    Attributes:
        export: its workload, the labels and ports of the pods that answer, and their engine.
        page: where these show their series.
        scaling: what the autoscaler follows, and within which bounds.
        exposure: who can reach the server from outside the cluster.
        allow_from: namespaces whose pods can reach it.
        startup_seconds: from the start of a container until it answers, with nothing cached.
        files: what its model's files take.
        rollout: how its replicas are exchanged.
    """

    export: Export
    page: MetricsPage
    scaling: Scaling
    exposure: AnyExposure
    allow_from: tuple[str, ...]
    startup_seconds: int
    files: Files
    rollout: Rollout

    @property
    def name(self) -> str:
        """Name of the server, and of its workload, Service, autoscaler and monitor."""
        return self.export.workload.name

    def scrape(self, kind: Literal["PodMonitoring", "PodMonitor"], labels: Mapping[str, str]) -> Scrape:
        """Return how a collector finds the series, by an object with these labels and the server's."""
        return Scrape(
            path=self.export.path,
            kind=kind,
            namespace=self.export.workload.namespace,
            labels={**self.export.labels, **labels},
            selector=self.export.labels,
            port=self.page.port,
            page=self.page.path,
            interval_seconds=SCRAPE_SECONDS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineShape(Shape):
    """What the objects of a server say whose engine keeps what it compiles.

    Attributes:
        image: its name on Docker Hub.
        own_image: what a person names in its place.
        tag: of the image, or what else tells it from others; part of the compile cache's path, since another version
            compiles anew.
        cache_variable: the environment variable that names the folder of compiled programs.
        chip_environment: what the library of the chips reads, by variable.
    """

    image: str
    tag: str
    cache_variable: str
    chip_environment: Mapping[str, str]
    own_image: str | None = None
