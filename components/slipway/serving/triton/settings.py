"""What a person decides about a Triton server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from slipway.checks.settings import FilePath, Positive, Replicas, RequestTokens, Settings, Share, StepTokens
from slipway.serving.environment_settings import Further, PinnedImage
from slipway.serving.settings import DrainSeconds, LoadClients, WaitingRequests


class QueueComputeRatio(Settings):
    """Scale on the time that requests wait for each second for which they run, the signal of NVIDIA's guide."""

    signal: Literal["queue-compute-ratio"]
    target: float = Field(ge=0.001, le=10**6)
    """Seconds in the queue a second of compute, on average, above which replicas are added."""


class TritonAutoscaling(Settings):
    """How many replicas there are, and what decides it."""

    metric: Annotated[QueueComputeRatio | WaitingRequests, Field(discriminator="signal")]
    """The signal that is followed, and its target."""
    min_replicas: Replicas
    """Fewest replicas."""
    max_replicas: Replicas
    """Most replicas; the pool must have the nodes for them."""
    scale_down_after_seconds: int = Field(default=600, ge=0, le=3600)
    """How long the signal must call for fewer replicas before one is removed: a new one takes minutes to load."""


class Gate(Settings):
    """A Python process for each request that runs, which waits for its answer. So Triton sees requests wait and run,
    which it does not where an engine takes every request at once; it costs main memory for each process."""

    type: Literal["gate"]
    instances: int = Field(ge=1, le=64)
    """Requests that run at once; no more than fit the engine's batch are of use."""


class Ensemble(Settings):
    """Every request goes to the in-flight batcher at once, and waits inside it, where its own metrics count it."""

    type: Literal["ensemble"]


class _Sharded(Settings):
    """A model that TensorRT-LLM runs."""

    model: str = Field(min_length=1, examples=["meta-llama/Llama-2-7b-chat-hf"])
    """Name of the model on Hugging Face, one of the catalog's."""
    tensor_parallel: Positive
    """GPUs over which a replica spreads each layer."""
    pipeline_parallel: Positive = 1
    """Groups of GPUs over which a replica divides the layers."""
    max_model_len: RequestTokens
    """Most tokens of a request, prompt and answer together."""
    max_batch_size: Positive
    """Most requests in a batch of the engine."""
    max_num_tokens: StepTokens
    """Most tokens of one step of the engine."""
    kv_cache_share: Share = 0.9
    """Share of the memory that weights and activations leave free for the KV cache."""

    @property
    def gpus(self) -> int:
        """GPUs of a replica."""
        return self.tensor_parallel * self.pipeline_parallel


class TensorRtLlmEngine(_Sharded):
    """An engine that TensorRT builds for one kind of GPU, as NVIDIA's guide to autoscaling Triton has it. The route
    ends with container 26.07."""

    route: Literal["tensorrt-llm-engine"]
    front: Annotated[Gate | Ensemble, Field(discriminator="type")]
    """How requests reach the engine."""


class LlmApi(_Sharded):
    """The LLM API of TensorRT-LLM with its PyTorch backend, which NVIDIA maintains: no engine is built."""

    route: Literal["llmapi"]
    front: Gate
    """How requests reach the engine."""
    extra_args: dict[str, JsonValue] = Field(default_factory=dict)
    """Further arguments of `tensorrt_llm.LLM`, merged last; those that undo what a key says are refused."""


class Llama2(Settings):
    """Llama 2 chat in one of several ways, each with its batching and its instances."""

    source: Literal["llama-2"]
    variant: Literal["python", "python-8-bit", "server-tokenizer", "client-tokenizer", "vllm"]
    """`python`: Hugging Face's model in 16 bits. `python-8-bit`: two of them, in 8 bits. `server-tokenizer`: an
    ensemble of a tokenizer and an ONNX model. `client-tokenizer`: that model alone. `vllm`: the engine vLLM."""
    model: str = Field(default="meta-llama/Llama-2-7b-chat-hf", min_length=1)
    """Name of the model on Hugging Face, one of the catalog's."""
    max_model_len: int = Field(ge=2, le=10**9, examples=[512])
    """Most tokens of a request, prompt and answer together; the Python variants give each a half."""

    @property
    def answers_scores(self) -> bool:
        """Whether it answers with the scores of the next token, and not with text."""
        return self.variant in ("server-tokenizer", "client-tokenizer")


class Directory(Settings):
    """A model repository of your own."""

    source: Literal["directory"]
    path: FilePath = Field(examples=["repositories/sentiment"])
    """Directory of the repository, from the directory of Pulumi.yaml."""
    large_files: Annotated[str, Field(pattern=r"^/.*[^/]$", examples=["/models"])] | None = None
    """Directory of the image, or of storage that pods share, that holds the repository's files of more than 256 KiB by
    the same paths, such as weights: ConfigMaps, which take the others along, hold 1 MiB."""
    entry: str = Field(min_length=1)
    """Name of the model that clients ask."""
    request: dict[str, JsonValue] = Field(min_length=1)
    """What a load client sends: the body of a request."""
    endpoint: Literal["infer", "generate"] = "generate"
    """Where a load client sends it: the last part of `/v2/models/<model>/…`."""


class ServerFlags(Settings):
    """Flags of `tritonserver`."""

    load_models: tuple[str, ...] = ()
    """The only models that are loaded, together with the steps of ensembles; others are loaded by request
    (`--model-control-mode=explicit`). All of them are loaded when it is left out."""
    rate_limit: bool = False
    """Whether instances run by the resources and priorities of their `rate_limiter`."""
    response_cache_mib: Positive | None = None
    """Main memory for responses that are repeated, MiB, of models that ask for the cache."""
    log_verbose: Literal[0, 1, 2] = 0
    """How much is logged."""


class ModelRepository(Settings):
    """Models as config.pbtxt describes them."""

    route: Literal["model-repository"]
    repository: Annotated[Llama2 | Directory, Field(discriminator="source")]
    """The models."""
    gpus: Positive = 1
    """GPUs of a replica."""
    image: PinnedImage | None = None
    """An image of your own with its tag, made from NVIDIA's of the same release: the Python models of Llama 2 import
    packages that NVIDIA's image lacks (images/llama2-triton). NVIDIA's own when left out."""
    flags: ServerFlags = ServerFlags()
    """Flags of the server."""


Serving = Annotated[TensorRtLlmEngine | LlmApi | ModelRepository, Field(discriminator="route")]


class TritonArgs(Further):
    """Models behind one Triton server."""

    release: str = Field(pattern=r"^2[3-9]\.(0[1-9]|1[0-2])$", examples=["26.07"])
    """Release of NVIDIA's container, `YY.MM`."""
    serving: Serving
    """What it serves, and by what."""
    drain_seconds: DrainSeconds = 120
    """Longest time for which a stopping replica finishes the requests that it has."""
    autoscaling: TritonAutoscaling
    """How many replicas there are."""
    load_clients: LoadClients = LoadClients()
    """The Deployment of load clients; scale it by hand to put load on the server."""
    extra_args: tuple[str, ...] = ()
    """Further arguments of `tritonserver`, appended last; those that undo what a key says are refused."""
