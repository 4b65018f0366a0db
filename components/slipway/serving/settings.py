"""What a person decides about a model server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal, Protocol

from pydantic import Field

from slipway.checks.settings import ObjectName, Positive, Replicas, SecretKey, Settings

DrainSeconds = Annotated[int, Field(ge=1, le=86400)]
"""A day at most: longer is a mistake, and nodes that go wait an hour or so for their pods anyway."""

Concurrency = Annotated[int, Field(ge=1, le=10_000)]
"""Connections of one client: more are no load but the end of the client."""


class PulumiToken(Settings):
    """The token is the Pulumi secret `slipway:huggingFaceToken`."""

    source: Literal["pulumi"] = "pulumi"


class KubernetesToken(Settings):
    """The token is in a Kubernetes Secret of the serving namespace that somebody else makes; pods wait for it."""

    source: Literal["kubernetes"]
    secret: ObjectName
    """Name of the Secret."""
    key: SecretKey = "hf_api_token"
    """Key of the Secret that holds the token."""


class SecretManagerToken(Settings):
    """The token is in Secret Manager, in the project of the cluster."""

    source: Literal["secret-manager"]
    secret: str = Field(pattern=r"^[A-Za-z0-9_-]{1,255}$", examples=["hugging-face"])
    """Id of the secret; its newest version is mounted."""


class WaitingRequests(Settings):
    """Scale on requests that wait for a place in the batch: for throughput at the lowest cost."""

    signal: Literal["waiting-requests"]
    target: float = Field(ge=0.001, le=10**6, examples=[5])
    """Waiting requests a replica, on average, above which replicas are added."""


class KvCacheUse(Settings):
    """Scale on the share of the KV cache in use: for latency, since it rises before requests wait."""

    signal: Literal["kv-cache-use"]
    target: float = Field(ge=0.001, lt=1, examples=[0.7])
    """Share of the KV cache in use, 0 to 1, on average, above which replicas are added."""


class Autoscaling(Settings):
    """How many replicas there are, and what decides it."""

    metric: Annotated[WaitingRequests | KvCacheUse, Field(discriminator="signal")]
    """The signal that is followed, and its target."""
    min_replicas: Replicas
    """Fewest replicas."""
    max_replicas: Replicas
    """Most replicas; the pool must have the nodes for them."""
    scale_down_after_seconds: int = Field(default=600, ge=0, le=3600)
    """How long the signal must call for fewer replicas before one is removed: a new one takes minutes to load."""


class Rollout(Settings):
    """How replicas are exchanged when an update changes their pods."""

    surge: Literal[0, 1] = 0
    """0: a replica goes before its successor starts, so that at minReplicas 1 nobody answers for as long as a start
    takes. 1: the successor is Ready first; the pool must have a node more than the server's maxReplicas need."""


class Targeted(Protocol):
    """A signal that is followed, whatever it is."""

    @property
    def target(self) -> float: ...  # noqa: D102


class Scaled(Protocol):
    """How many replicas there are, whatever decides it."""

    @property
    def metric(self) -> Targeted: ...  # noqa: D102

    @property
    def min_replicas(self) -> int: ...  # noqa: D102

    @property
    def max_replicas(self) -> int: ...  # noqa: D102

    @property
    def scale_down_after_seconds(self) -> int: ...  # noqa: D102


class LoadClients(Settings):
    """Clients that load the server, as a Deployment that starts with no replica."""

    concurrency: Concurrency = 32
    """Requests that each client keeps under way."""
    max_tokens: Positive = 100
    """Tokens that a request asks for."""
