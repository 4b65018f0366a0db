"""What a person decides about a model server. Plain data: importing it loads no cloud SDK."""

from collections.abc import Mapping
from typing import Annotated, Literal, Protocol, cast

from pydantic import BeforeValidator, Field

from checks.settings import Count, ObjectName, Positive, Replicas, SecretKey, Settings

DrainSeconds = Annotated[int, Field(ge=1, le=86400)]
"""A day at most: longer is a mistake, and nodes that go wait an hour or so for their pods anyway."""


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


class ClusterOnly(Settings):
    """The server is reached from inside the cluster only."""

    type: Literal["cluster"] = "cluster"


class Internal(Settings):
    """A load balancer with an address of the VPC."""

    type: Literal["internal"]


SourceRanges = Annotated[list[str], Field(min_length=1, examples=[["203.0.113.0/24"]])]


Certificate = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/.+$",
        examples=["arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"],
    ),
]
"""One of AWS Certificate Manager, for a name that you let point to the load balancer."""


class _Alb(Settings):
    """An Application Load Balancer: it spreads requests, where the others spread connections."""

    idle_timeout_seconds: int = Field(default=600, ge=1, le=4000)
    """Longest silence on a connection, and so the longest time that an answer without streaming may take."""


class InternalAlb(_Alb):
    """An Application Load Balancer with addresses of the VPC."""

    type: Literal["internal-alb"]
    certificate_arn: Certificate | None = None
    """Certificate of AWS Certificate Manager, for a name that you let point to the load balancer; without one it speaks
    plain HTTP."""


class PublicAlb(_Alb):
    """An Application Load Balancer with public addresses. It speaks HTTPS alone, and passes on nothing but what
    the engine answers to those alone who show the key in `slipway:apiKey`."""

    type: Literal["public-alb"]
    certificate_arn: Certificate
    """Certificate of AWS Certificate Manager, for a name that you let point to the load balancer."""
    source_ranges: SourceRanges
    """Address ranges that may connect. `0.0.0.0/0` opens the server to everybody who has the key."""


AnyExposure = ClusterOnly | Internal | InternalAlb | PublicAlb


def _keeps_strangers_out(value: object) -> object:
    if isinstance(value, Mapping) and cast("Mapping[str, object]", value).get("type") == "public":
        msg = (
            "a Network Load Balancer passes on every path in plain text, and engines ask for the key on some alone: "
            "anybody could infer by /invocations, or /pause the engine; write 'public-alb' with a certificateArn where "
            "AWS makes load balancers, or 'internal' and put a gateway with TLS before it that passes on /v1 alone"
        )
        raise ValueError(msg)
    return value


Exposure = Annotated[
    Annotated[AnyExposure, Field(discriminator="type")],
    BeforeValidator(_keeps_strangers_out),
]
"""Who can reach a server; the Application Load Balancers are those of AWS, where the others are Network Load Balancers.
"""


class WaitingRequests(Settings):
    """Scale on requests that wait for a place in the batch: for throughput at the lowest cost."""

    signal: Literal["waiting-requests"]
    target: float = Field(ge=0.001, le=10**6)
    """Waiting requests a replica, on average, above which replicas are added."""


class KvCacheUse(Settings):
    """Scale on the share of the KV cache in use: for latency, since it rises before requests wait."""

    signal: Literal["kv-cache-use"]
    target: float = Field(ge=0.001, lt=1)
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


class AiPerf(Settings):
    """NVIDIA's AIPerf, installed from PyPI when a measurement begins."""

    type: Literal["aiperf"]
    tokenizer: str = Field(default="builtin", min_length=1)
    """What makes prompts of so many tokens: a tokenizer on Hugging Face that needs no key, or AIPerf's own. What is
    reported is what the server counts."""


class GenAiPerf(Settings):
    """Its predecessor GenAI-Perf, in the image of Triton's SDK that the article has, to compare with old results."""

    type: Literal["genai-perf"]
    tokenizer: str = Field(default="hf-internal-testing/llama-tokenizer", min_length=1)
    """What makes prompts and counts answers: a tokenizer on Hugging Face that needs no key."""


class LoadTestArgs(Settings):
    """A measurement under one number of concurrent requests after the other. A person starts it, and no update does.

    The numbers are those of NVIDIA's article "Horizontal Autoscaling of NVIDIA NIM Microservices on Kubernetes".
    """

    tool: Annotated[AiPerf | GenAiPerf, Field(discriminator="type")]
    """What makes the load and measures."""
    input_tokens: Positive = 200
    """Tokens of a prompt, on average."""
    input_tokens_deviation: Count = 10
    """Standard deviation of the tokens of a prompt."""
    output_tokens: Positive = 200
    """Tokens of an answer; models are told not to end before."""
    concurrency: tuple[Positive, ...] = Field(default=(10, 100, 200, 300, 400), min_length=1)
    """Requests under way at once, one value after the other."""
    seconds: Positive = 300
    """How long each of them lasts: replicas take minutes to come."""
