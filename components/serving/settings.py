"""What a person decides about a model server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from components.settings import DnsLabel, Positive, Settings


class PulumiToken(Settings):
    """The token is the Pulumi secret `slipway:huggingFaceToken`."""

    source: Literal["pulumi"] = "pulumi"


class KubernetesToken(Settings):
    """The token is in a Kubernetes Secret of the serving namespace that somebody else makes; pods wait for it."""

    source: Literal["kubernetes"]
    secret: DnsLabel
    """Name of the Secret."""
    key: str = Field(default="hf_api_token", min_length=1)
    """Key of the Secret that holds the token."""


class SecretManagerToken(Settings):
    """The token is in Secret Manager, in the project of the cluster."""

    source: Literal["secret-manager"]
    secret: str = Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """Id of the secret; its newest version is mounted."""


class ClusterOnly(Settings):
    """The server is reached from inside the cluster only."""

    type: Literal["cluster"] = "cluster"


class Internal(Settings):
    """A load balancer with an address of the VPC."""

    type: Literal["internal"]


class Public(Settings):
    """A load balancer with a public address; every request needs the key in `slipway:apiKey`.

    The load balancer passes TCP through, so the key crosses the network unencrypted unless a proxy adds TLS.
    """

    type: Literal["public"]
    source_ranges: list[str] = Field(min_length=1, examples=[["203.0.113.0/24"]])
    """Address ranges that may connect. `0.0.0.0/0` opens the server to everybody who has the key."""


Exposure = Annotated[ClusterOnly | Internal | Public, Field(discriminator="type")]


class WaitingRequests(Settings):
    """Scale on requests that wait for a place in the batch: for throughput at the lowest cost."""

    signal: Literal["waiting-requests"]
    target: float = Field(gt=0)
    """Waiting requests a replica, on average, above which replicas are added."""


class KvCacheUse(Settings):
    """Scale on the share of the KV cache in use: for latency, since it rises before requests wait."""

    signal: Literal["kv-cache-use"]
    target: float = Field(gt=0, lt=1)
    """Share of the KV cache in use, 0 to 1, on average, above which replicas are added."""


class Autoscaling(Settings):
    """How many replicas there are, and what decides it."""

    metric: Annotated[WaitingRequests | KvCacheUse, Field(discriminator="signal")]
    """The signal that is followed, and its target."""
    min_replicas: Positive
    """Fewest replicas."""
    max_replicas: Positive
    """Most replicas; the pool must have the nodes for them."""
    scale_down_after_seconds: int = Field(default=600, ge=0, le=3600)
    """How long the signal must call for fewer replicas before one is removed: a new one takes minutes to load."""


class LoadClients(Settings):
    """Clients that load the server, as a Deployment that starts with no replica."""

    concurrency: Positive = 32
    """Requests that each client keeps under way."""
    max_tokens: Positive = 100
    """Tokens that a request asks for."""


class VllmArgs(Settings):
    """One model, served by vLLM."""

    model: str = Field(min_length=1, examples=["meta-llama/Llama-3.3-70B-Instruct"])
    """Name of the model on Hugging Face, one of the catalog's."""
    served_model_name: str | None = None
    """Name that clients ask for; the model's own when left out."""
    tensor_parallel: Positive
    """Chips over which a replica spreads each layer: on TPU, all chips of its slice."""
    max_model_len: Positive
    """Most tokens of a request, prompt and answer together."""
    max_num_seqs: Positive
    """Most requests in a batch."""
    max_num_batched_tokens: Positive
    """Most tokens of one step of the engine."""
    memory_utilization: float = Field(default=0.92, gt=0, lt=1)
    """Share of the accelerator's memory that weights and KV cache may take."""
    drain_seconds: Positive = 120
    """Longest time for which a stopping replica finishes the requests that it has."""
    exposure: Exposure = ClusterOnly()
    """Who can reach the server."""
    autoscaling: Autoscaling
    """How many replicas there are."""
    load_clients: LoadClients = LoadClients()
    """The Deployment of load clients; scale it by hand to put load on the server."""
    extra_args: tuple[str, ...] = ()
    """Further arguments of `vllm serve`, appended last."""
