"""What a person decides about a NIM server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field

from slipway.checks.settings import ObjectName, Positive, RequestTokens, Settings
from slipway.serving.environment_settings import Further
from slipway.serving.load_test_settings import LoadTestArgs
from slipway.serving.settings import Autoscaling, DrainSeconds, LoadClients


class PulumiNgcKey(Settings):
    """The NGC API key is the Pulumi secret `slipway:ngcApiKey`."""

    source: Literal["pulumi"] = "pulumi"


class KubernetesNgcKey(Settings):
    """The NGC API key is in two Kubernetes Secrets of the serving namespace that somebody else makes; pods wait for
    them."""

    source: Literal["kubernetes"]
    pull_secret: ObjectName
    """Name of the Secret of type `kubernetes.io/dockerconfigjson` for nvcr.io; the user name in it is `$oauthtoken`,
    letter for letter."""
    key_secret: ObjectName
    """Name of the Secret whose key `NGC_API_KEY` holds the API key, with which NIM downloads models."""


NgcKey = Annotated[PulumiNgcKey | KubernetesNgcKey, Field(discriminator="source")]


class NimWorkload(Settings):
    """A Deployment and what belongs to it, of Slipway's own; each replica downloads the model to its node."""

    type: Literal["workload"]


class NimThroughOperator(Settings):
    """A NIMService of NVIDIA's operator, and a NIMCache: the model is downloaded once, and all replicas mount it.

    The operator makes Deployment, Service and autoscaler. It gives a stopping replica 30 seconds, not `drainSeconds`.
    """

    type: Literal["operator"]
    storage_class: ObjectName | None = None
    """StorageClass of the volume for the model, which many nodes must be able to mount at once; the stack's shared
    storage when left out."""
    profile: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", examples=["0123456789abcdef" * 4])
    """Profile of the image that is downloaded and served: `list-model-profiles` in the image tells them. When left out,
    those of vLLM for as many GPUs."""


NimDeployment = Annotated[NimWorkload | NimThroughOperator, Field(discriminator="type")]


class NimArgs(Further):
    """One model, served by an NVIDIA NIM; it needs a licence of NVIDIA AI Enterprise."""

    image: str = Field(
        pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+$", examples=["nvcr.io/nim/meta/llama-3.1-8b-instruct"]
    )
    """Repository of the image, without a tag."""
    version: str = Field(pattern=r"^[12]\.\d+\.\d+([-.][a-z0-9.-]+)?(@sha256:[0-9a-f]{64})?$", examples=["2.0.13"])
    """Tag of the image, a release of 1.x or 2.x, whose series have other names; with the image's digest behind it
    (`2.0.13@sha256:…`) if you like."""
    model: str = Field(min_length=1, examples=["meta-llama/Llama-3.1-8B-Instruct"])
    """Name of the image's model on Hugging Face, one of the catalog's or of `models`."""
    served_model_name: str = Field(pattern=r"^\S+$", examples=["meta/llama-3.1-8b-instruct"])
    """Name that clients ask for."""
    tensor_parallel: Positive
    """GPUs of a replica, over which it spreads each layer; the image must have a profile for as many."""
    max_model_len: RequestTokens
    """Most tokens of a request, prompt and answer together."""
    deployment: NimDeployment = NimWorkload(type="workload")
    """Who makes the server's objects."""
    drain_seconds: DrainSeconds = 120
    """Longest time for which a stopping replica finishes the requests that it has."""
    autoscaling: Autoscaling
    """How many replicas there are."""
    load_clients: LoadClients = LoadClients()
    """The Deployment of load clients; scale it by hand to put load on the server."""
    load_test: LoadTestArgs | None = None
    """A measurement that a person starts; none when left out."""

    @property
    def release(self) -> str:
        """The version without a digest."""
        return self.version.partition("@")[0]
