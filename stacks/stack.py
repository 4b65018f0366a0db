"""What every stack is, whatever its cluster: servers on pools, and what a cluster says of itself to the rest.

A member of the union `stacks.AnyStack` adds the cluster; the rest of the stack is judged, counted and deployed by what
is abstract here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from slipway.addons.metrics import Metrics
from slipway.checks import Finding
from slipway.checks.bill import PricedItem
from slipway.checks.judged import There
from slipway.checks.placement import Pool
from slipway.checks.settings import DnsLabel, Usd
from slipway.servers import AnyServer, Place
from slipway.servers.exposed import NoLoadBalancer
from slipway.serving.nim.settings import NgcKey, PulumiNgcKey
from slipway.serving.settings import KubernetesToken, PulumiToken, SecretManagerToken
from slipway.serving.shape import StorageKind
from stacks.models import KnowsModels
from stacks.surroundings import Surroundings

if TYPE_CHECKING:
    from stacks.ground import Ground

NameOfStack = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=24, examples=["ours"])]
"""Clouds take 30 characters of an account's id and 64 of a role's name, of which suffixes need some."""

NameOfServer = Annotated[str, Field(pattern=r"^[a-z]([-a-z0-9]*[a-z0-9])?$", max_length=40, examples=["llama"])]
"""A CronJob's name takes 52 characters, of which the suffixes of a server's own objects need some."""


Registry = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$",
        examples=["registry.example.com/mirror"],
    ),
]


class Stack(KnowsModels, ABC):
    """Model servers on the pools of a cluster."""

    name: NameOfStack
    """Prefix of the names that the stack has; no two stacks of a cloud account have the same."""
    namespace: DnsLabel = "serving"
    """Kubernetes namespace of the servers."""
    registry: Registry | None = None
    """A registry that holds every image under its own path: `docker.io/vllm/vllm-openai` is there as
    `<registry>/vllm/vllm-openai`. Nodes must be let in. Images come from where they are published when left out."""
    ngc: NgcKey = PulumiNgcKey()
    """Where the NGC API key comes from, with which images and models of NVIDIA are fetched, if a server needs one."""
    servers: dict[NameOfServer, AnyServer] = Field(min_length=1)
    """Model servers by name; the name is that of their Service, too."""

    allow_replacement: tuple[Annotated[str, Field(pattern=r"^[A-Z]\w+ \S+$", examples=["Cluster prod"])], ...] = ()
    """Resources that an update may replace or delete although data or running servers go with them, as a preview with
    `BASE` names them."""
    budget: Usd | None = None
    """Most that the stack may cost, USD an hour with every pool at its maximum; no limit when left out."""
    prices: dict[str, Usd] = Field(default_factory=dict[str, float])
    """Prices that hold for you, USD for an hour of the item: a machine, or another name that a finding gives."""

    @property
    def service_account(self) -> str:
        """Name of the account that servers' pods are in their namespace.

        Clouds know it by namespace and name, whichever cluster of a project it is in: so it holds the stack's name.
        """
        return f"{self.name}-server"

    @property
    @abstractmethod
    def machine_names(self) -> Mapping[str, tuple[str, ...]]:
        """The machines of each pool, known or not, by the pool's name."""

    @cached_property
    @abstractmethod
    def pools(self) -> Mapping[str, Pool]:
        """The pools whose machines, and the slices of these, are known."""

    @property
    def protected(self) -> bool:
        """Whether the stack may not be destroyed, nor what nothing brings back be replaced."""
        return False

    @property
    def there(self) -> There | None:
        """What the cluster has already; None where the stack makes the cluster."""
        return None

    @property
    @abstractmethod
    def token(self) -> PulumiToken | KubernetesToken | SecretManagerToken:
        """Where the Hugging Face token comes from."""

    @property
    @abstractmethod
    def metrics(self) -> Metrics:
        """The way of signals to autoscalers."""

    @property
    @abstractmethod
    def storage(self) -> StorageKind:
        """Where files of models are."""

    @property
    def reads_only(self) -> bool:
        """Whether servers find the files of their models where they are, and can keep nothing there."""
        return False

    @property
    def needs_hugging_face_token(self) -> bool:
        """Whether a server downloads its model from Hugging Face."""
        return not self.reads_only and any(server.needs_hugging_face_token for server in self.servers.values())

    @property
    @abstractmethod
    def exposures(self) -> Mapping[str, NoLoadBalancer]:
        """The types of load balancer that the cluster cannot make."""

    @abstractmethod
    def cluster_findings(self, surroundings: Surroundings) -> Iterable[Finding]:
        """Judge the cluster, its pools and what is around them, and what servers ask for that it cannot give."""

    def priced(self, fewest: Mapping[str, int]) -> list[PricedItem]:
        """Return what is bought by time or by size; nothing where nothing is known of it.

        Args:
            fewest: machines of each pool that hold its servers' fewest replicas.
        """
        return []

    @abstractmethod
    def ground(self, surroundings: Surroundings) -> "Ground":
        """Create the cluster and what is around it. It loads the SDK of the cluster's cloud."""

    def place(self, server: str) -> Place:
        """Return where a server runs, as far as settings say it."""
        args = self.servers[server]
        pool = self.pools.get(args.pool)
        return Place(
            path=f"servers.{server}",
            name=server,
            namespace=self.namespace,
            models=self.models,
            slices=pool.slices if pool else (),
            storage=self.storage,
        )

    @property
    def bucket_uris(self) -> Mapping[str, str]:
        """The prefixes in buckets that servers' pods read, by server."""
        return {name: uri for name, server in self.servers.items() if (uri := server.bucket_uri)}
