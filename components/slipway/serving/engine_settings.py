"""What a person decides about a server whose engine takes a model and its limits on a command line. Plain data:
importing it loads no cloud SDK."""

from typing import Literal

from pydantic import Field

from slipway.checks.settings import BatchRequests, Positive, RequestTokens, StepTokens
from slipway.serving.environment_settings import Further, PinnedImage
from slipway.serving.settings import Autoscaling, DrainSeconds, LoadClients


class EngineArgs(Further):
    """One model, and the limits within which an engine serves it."""

    model: str = Field(min_length=1, examples=["meta-llama/Llama-3.3-70B-Instruct"])
    """Name of the model on Hugging Face, one of the catalog's or of `models`."""
    served_model_name: str | None = Field(default=None, pattern=r"^\S+$", examples=["llama"])
    """Name that clients ask for; the model's own when left out."""
    tensor_parallel: Positive
    """Chips over which a replica spreads each layer: on TPU, all of its slice, where a chip of v7x counts twice."""
    max_model_len: RequestTokens
    """Most tokens of a request, prompt and answer together."""
    max_num_seqs: BatchRequests
    """Most requests in a batch."""
    max_num_batched_tokens: StepTokens
    """Most tokens of one step of the engine."""
    kv_cache_dtype: Literal["auto", "fp8"] = "auto"
    """What the KV cache is kept in: `auto` is the 16 bits of the activations."""
    drain_seconds: DrainSeconds = 120
    """Longest time for which a stopping replica finishes the requests that it has."""
    autoscaling: Autoscaling
    """How many replicas there are."""
    load_clients: LoadClients = LoadClients()
    """The Deployment of load clients; scale it by hand to put load on the server."""
    image: PinnedImage | None = None
    """An image of your own, or another version; the engine's own of the pinned version when left out."""
    extra_args: tuple[str, ...] = ()
    """Further arguments of the engine, appended last; those that undo what a key says are refused."""

    @property
    def served_name(self) -> str:
        """Name that clients ask for."""
        return self.served_model_name or self.model
