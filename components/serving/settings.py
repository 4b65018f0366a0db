"""What a person decides about a model server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal, Protocol

from pydantic import Field

from checks.settings import DnsLabel, Positive, Settings
from components.serving.environment_settings import Further, PinnedImage


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


SourceRanges = Annotated[list[str], Field(min_length=1, examples=[["203.0.113.0/24"]])]


class Public(Settings):
    """A load balancer with a public address; every request needs the key in `slipway:apiKey`.

    The load balancer passes TCP through, so the key crosses the network unencrypted unless a proxy adds TLS.
    """

    type: Literal["public"]
    source_ranges: SourceRanges
    """Address ranges that may connect. `0.0.0.0/0` opens the server to everybody who has the key."""


class _Alb(Settings):
    """An Application Load Balancer: it spreads requests, where the others spread connections."""

    idle_timeout_seconds: int = Field(default=600, ge=1, le=4000)
    """Longest silence on a connection, and so the longest time that an answer without streaming may take."""
    certificate_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/.+$")] | None = (
        None
    )
    """Certificate of AWS Certificate Manager, for a name that you let point to the load balancer; without one it speaks
    plain HTTP."""


class InternalAlb(_Alb):
    """An Application Load Balancer with addresses of the VPC."""

    type: Literal["internal-alb"]


class PublicAlb(_Alb):
    """An Application Load Balancer with public addresses; every request needs the key in `slipway:apiKey`."""

    type: Literal["public-alb"]
    source_ranges: SourceRanges
    """Address ranges that may connect. `0.0.0.0/0` opens the server to everybody who has the key."""


Exposure = Annotated[ClusterOnly | Internal | Public, Field(discriminator="type")]
"""Who can reach a server on every cloud."""

AwsExposure = Annotated[ClusterOnly | Internal | Public | InternalAlb | PublicAlb, Field(discriminator="type")]
"""Who can reach a server on AWS: `internal` and `public` are Network Load Balancers there."""


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

    concurrency: Positive = 32
    """Requests that each client keeps under way."""
    max_tokens: Positive = 100
    """Tokens that a request asks for."""


class LoraArgs(Settings):
    """Memory for LoRA adapters; name them in extraArgs: `--lora-modules`, then `name=organisation/adapter`."""

    max_adapters: Positive
    """Adapters that are on the chips at the same time, and so in one batch; others wait for their place."""
    max_rank: Literal[1, 8, 16, 32, 64, 128, 256, 320, 512]
    """Largest rank of an adapter; every place is as large as it asks for."""
    targets: tuple[Literal["qkv_proj", "o_proj", "gate_up_proj", "down_proj"], ...] | None = Field(
        default=None, min_length=1
    )
    """Layers that are adapted, as vLLM names them; all of them when left out."""


class VllmArgs(Further):
    """One model, served by vLLM."""

    model: str = Field(min_length=1, examples=["meta-llama/Llama-3.3-70B-Instruct"])
    """Name of the model on Hugging Face, one of the catalog's or of `models`."""
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
    kv_cache_dtype: Literal["auto", "fp8"] = "auto"
    """What the KV cache is kept in: `auto` is the 16 bits of the activations."""
    lora: LoraArgs | None = None
    """LoRA adapters, on GPUs."""
    drain_seconds: Positive = 120
    """Longest time for which a stopping replica finishes the requests that it has."""
    autoscaling: Autoscaling
    """How many replicas there are."""
    load_clients: LoadClients = LoadClients()
    """The Deployment of load clients; scale it by hand to put load on the server."""
    image: PinnedImage | None = None
    """An image of your own, or another version; vLLM's own of the pinned version when left out."""
    extra_args: tuple[str, ...] = ()
    """Further arguments of `vllm serve`, appended last; those that undo what a key says are refused."""
