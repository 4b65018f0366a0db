"""What a server says of itself, whatever its engine: a stack judges, counts and deploys by it alone.

Everything but `component` is plain arithmetic over settings and the catalog and loads no cloud SDK.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from slipway.catalog.architecture import Model
from slipway.catalog.drivers import Cuda
from slipway.catalog.machines import Slice
from slipway.checks import Finding
from slipway.checks.fit import Fit
from slipway.checks.settings import DnsLabel, Settings
from slipway.serving.exposure import ClusterOnly, Exposure
from slipway.serving.load_request import PROMPT_TOKENS
from slipway.serving.scaling import Scaling
from slipway.serving.settings import LoadClients, Rollout
from slipway.serving.shape import Shape, StorageKind

if TYPE_CHECKING:
    from slipway.servers.model_server import ModelServer

Models = Mapping[str, Model]
"""The models that a stack knows, by their names on Hugging Face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodNeeds:
    """What one pod of a server asks of its node.

    Attributes:
        chips: GPUs of a whole replica, or devices of its TPU chips.
        memory_gib: main memory of the server itself, GiB.
        shared_memory_gib: size of `/dev/shm`, which is main memory too, GiB.
        cache_gib: main memory that caches files, GiB.
        disk_gib: disk of the node that the pod's files take, GiB.
        image_gib: disk that its image takes, once a node, GiB.
        cpus: cores that the pod requests.
    """

    chips: int
    memory_gib: int
    shared_memory_gib: int
    cache_gib: int = 0
    disk_gib: int
    image_gib: int
    cpus: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a server runs, as far as settings say it.

    Attributes:
        path: where the server is in the stack file.
        name: the server's.
        namespace: the Kubernetes namespace.
        models: the models that the stack knows.
        slices: what a replica can get in its pool as a whole, one for each machine there; none where it is not known.
        storage: where files of models are.
    """

    path: str
    name: str
    namespace: str
    models: Models
    slices: tuple[Slice, ...]
    storage: StorageKind

    @property
    def slice(self) -> Slice | None:
        """What a replica gets on the pool's first machine."""
        return self.slices[0] if self.slices else None


class Server(Settings, ABC):
    """One model behind one Service."""

    chips: ClassVar[frozenset[str]] = frozenset({"gpu"})
    """Kinds of chips that its engine runs on here."""
    needs_ngc_key: ClassVar[bool] = False
    """Whether its image or its model is fetched with an NGC API key."""
    any_model: ClassVar[bool] = True
    """Whether its image serves whatever model it is told to."""
    asks_for_key: ClassVar[bool] = False
    """Whether it answers only those who show the key in `slipway:apiKey`."""

    pool: str = Field(min_length=1, examples=["l40s"])
    """One of `cluster.pools`, which its replicas run on."""
    exposure: Exposure = ClusterOnly()
    """Who can reach the server from outside the cluster."""
    rollout: Rollout = Rollout()
    """How replicas are exchanged when an update changes their pods."""
    allow_from: tuple[DnsLabel, ...] = Field(default=(), examples=[["chat"]])
    """Namespaces whose pods can reach the server, such as that of a gateway; without them its load clients alone."""
    throughput: Annotated[float, Field(gt=0, le=10**9)] | None = None
    """Tokens a second that one replica generates under its target's load, as somebody has measured it; from it follow
    the stack's tokens a second and the price of a million tokens."""

    @property
    def longest_request(self) -> int | None:
        """Most tokens of a request, prompt and answer together, where that is known."""
        return getattr(self, "max_model_len", None)

    @property
    def asked_for(self) -> Mapping[str, int]:
        """Tokens, prompt and answer together, of requests that Slipway's own clients send, by the key that says so."""
        load: LoadClients | None = getattr(self, "load_clients", None)
        return {"loadClients.maxTokens": PROMPT_TOKENS + load.max_tokens} if load else {}

    @property
    def needs_nim_operator(self) -> bool:
        """Whether NVIDIA's NIM operator makes its objects."""
        return False

    @property
    def needs_hugging_face_token(self) -> bool:
        """Whether it downloads its model from Hugging Face."""
        return False

    @property
    def reads_folders(self) -> bool:
        """Whether it serves a model from a folder in which it may write nothing."""
        return False

    @property
    def bucket_uri(self) -> str | None:
        """The prefix in a bucket that its pods read, where there is one."""
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
    def needs(self, place: Place) -> PodNeeds:
        """Return what a pod asks of its node; of an unknown model, without the model's part."""

    @abstractmethod
    def findings(self, place: Place) -> list[Finding]:
        """Judge the server by itself, but for whether it fits."""

    @abstractmethod
    def further_findings(self, path: str) -> Iterator[Finding]:
        """Judge what a person adds to it beside its keys: arguments, options, variables, images."""

    @abstractmethod
    def fit(self, place: Place, slice_: Slice) -> Fit | None:
        """Return how it fits its chips; nothing where the model is unknown or it asks for more chips than there are."""

    @abstractmethod
    def shape(self, place: Place) -> Shape:
        """Return what its objects say; of an unknown model, without times and sizes that mean anything."""

    @abstractmethod
    def component(self) -> "type[ModelServer[Any]]":
        """Return what creates it. It loads the Kubernetes SDK."""
