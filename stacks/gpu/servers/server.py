"""What a server on GPU nodes says of itself, whatever its engine: the stack judges, counts and deploys by it alone.

Everything but `deploy` is plain arithmetic over settings and the catalog and loads no cloud SDK.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import pulumi
from pydantic import Field

from catalog.architecture import Model
from catalog.drivers import Cuda
from catalog.gpu_machines import GpuMachine
from checks import Finding
from checks.fit import Fit
from checks.settings import Settings
from checks.signals import Export, Workload
from components.eks.settings import PoolName
from components.serving.settings import AwsExposure, ClusterOnly
from stacks.scaling import Scaling

if TYPE_CHECKING:
    from stacks.gpu.servers.place import Place

Models = Mapping[str, Model]
"""The models that a stack knows, by their names on Hugging Face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodNeeds:
    """What one pod of a server asks of its node.

    Attributes:
        gpus: GPUs.
        memory_gib: main memory of the server itself, GiB.
        shared_memory_gib: size of `/dev/shm`, which is main memory too, GiB.
        disk_gib: disk of the node that the pod's files take, GiB.
        image_gib: disk that its image takes, once a node, GiB.
        cpus: cores that the pod requests.
    """

    gpus: int
    memory_gib: int
    shared_memory_gib: int
    disk_gib: int
    image_gib: int
    cpus: float = 0


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """Where Prometheus finds the series of a server.

    Attributes:
        port: name of the container's port.
    """

    port: str
    path: str


class GpuServer(Settings, ABC):
    """One model behind one Service, on GPU nodes."""

    needs_ngc_key: ClassVar[bool] = False
    """Whether its image or its model is fetched with an NGC API key."""
    any_model: ClassVar[bool] = True
    """Whether its image serves whatever model it is told to."""
    asks_for_key: ClassVar[bool] = False
    """Whether it answers only those who show the key in `slipway:apiKey`."""

    pool: PoolName
    """The pool of the stack that its replicas run on."""
    exposure: AwsExposure = ClusterOnly()
    """Who can reach the server."""
    throughput: Annotated[float, Field(gt=0)] | None = None
    """Tokens a second that one replica generates under its target's load, as somebody has measured it; from it follow
    the stack's tokens a second and the price of a million tokens."""

    @property
    def needs_nim_operator(self) -> bool:
        """Whether NVIDIA's NIM operator makes its objects."""
        return False

    @property
    def needs_hugging_face_token(self) -> bool:
        """Whether it downloads its model from Hugging Face."""
        return False

    @property
    def s3_uri(self) -> str | None:
        """The prefix in S3 that its pods read, where there is one."""
        return None

    @property
    def cuda(self) -> Cuda | None:
        """The version of CUDA in its image, where it is known."""
        return None

    @property
    @abstractmethod
    def scaling(self) -> Scaling:
        """What it is scaled on."""

    @abstractmethod
    def needs(self, models: Models) -> PodNeeds:
        """Return what a pod asks of its node; of an unknown model, without the model's part."""

    @abstractmethod
    def startup_seconds(self, models: Models) -> int:
        """Return how long a replica of a known model takes at most until it answers."""

    @abstractmethod
    def findings(self, path: str, models: Models, machine: GpuMachine | None) -> list[Finding]:
        """Judge the server by itself and, where its machine is known, whether it fits."""

    @abstractmethod
    def further_findings(self, path: str) -> Iterable[Finding]:
        """Judge what a person adds to it beside its keys."""

    @abstractmethod
    def fit(self, path: str, models: Models, machine: GpuMachine) -> Fit | None:
        """Return how it fits its GPUs; nothing where the model is unknown or it asks for more GPUs than there are."""

    @abstractmethod
    def export(self, path: str, workload: Workload) -> Export:
        """Return what its pods export."""

    @property
    @abstractmethod
    def page(self) -> MetricsPage:
        """Where its pods show what they export."""

    @abstractmethod
    def deploy(self, name: str, place: "Place") -> pulumi.Output[str]:
        """Create it and return the URL at which it is reached."""
