"""What a person decides about a TensorRT-LLM server. Plain data: importing it loads no cloud SDK."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from slipway.checks.settings import BatchRequests, Positive, RequestTokens, Settings, Share, StepTokens
from slipway.serving.environment_settings import Further, PinnedImage
from slipway.serving.settings import Autoscaling, DrainSeconds, LoadClients

DraftTokens = Annotated[int, Field(ge=1, le=256, examples=[5])]
"""Tokens that are proposed at a time: each is verified, and few beyond ten are ever taken."""

ModelName = Annotated[str, Field(min_length=1, examples=["meta-llama/Llama-3.2-1B-Instruct"])]


class NoSpeculation(Settings):
    """Each step of the model makes one token of a request."""

    type: Literal["none"]


class DraftTarget(Settings):
    """A smaller model proposes tokens and the served model verifies them all in one step: faster for few requests at
    once, slower for many."""

    type: Literal["draft-target"]
    model: ModelName
    """The smaller model on Hugging Face, one of the catalog's, with the vocabulary of the served one."""
    max_draft_len: DraftTokens
    """Tokens that it proposes at a time; 3 to 10 are usual."""


class Eagle3(Settings):
    """A head of one layer proposes tokens from the hidden states of the served model, with which it was trained."""

    type: Literal["eagle3"]
    model: str = Field(min_length=1, examples=["yuhuili/EAGLE3-LLaMA3.3-Instruct-70B"])
    """The head's checkpoint on Hugging Face, one of the catalog's."""
    max_draft_len: DraftTokens
    """Tokens that it proposes at a time."""


class NGram(Settings):
    """What followed the last tokens earlier in the same request is proposed again: for answers that repeat their
    prompt. It needs no other model."""

    type: Literal["ngram"]
    max_draft_len: DraftTokens
    """Tokens that are proposed at a time."""
    max_matching_ngram_size: Positive
    """Most of the last tokens that are searched for; 2 to 4 are usual."""


class Mtp(Settings):
    """Layers of the served model itself predict several tokens: DeepSeek-V3 and R1 have such."""

    type: Literal["mtp"]
    max_draft_len: DraftTokens
    """Tokens that are proposed at a time."""


Speculation = Annotated[NoSpeculation | DraftTarget | Eagle3 | NGram | Mtp, Field(discriminator="type")]


class PyTorchRoute(Settings):
    """`trtllm-serve` on the PyTorch backend, which reads checkpoints as they are: the maintained route."""

    type: Literal["pytorch"]
    speculation: Speculation
    """Speculative decoding: how tokens are proposed that the model then verifies."""
    kv_cache_share: Share = 0.9
    """Share of the memory that weights and activations leave free which the KV cache takes."""
    max_num_batched_tokens: StepTokens = 8192
    """Most tokens of one step of the engine."""
    extra_options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Further options of TensorRT-LLM's LLM API, in its own spelling, merged last over Slipway's: the way out for
    whatever has no key. Those that undo what a key says are refused."""
    image: PinnedImage | None = None
    """An image of your own, or another version; NVIDIA's of the pinned version when left out."""

    def drafting(self, model: str) -> Self | None:
        """Return the route with this draft; None where nothing says how many tokens it is to propose."""
        if isinstance(self.speculation, NoSpeculation):
            return None
        draft = DraftTarget(type="draft-target", model=model, max_draft_len=self.speculation.max_draft_len)
        return self.model_copy(update={"speculation": draft})


class KvCacheShares(Settings):
    """Share of the free memory that each engine takes for its KV cache when it is loaded."""

    target: Share
    """Of the served model's engine."""
    draft: Share
    """Of the draft's engine."""


class EngineBuild(Settings):
    """How checkpoints are quantised to FP8 and engines built."""

    dtype: Literal["float16", "bfloat16"] = "float16"
    """What is not quantised is kept in this: embeddings, the output layer and activations of attention."""
    calibration_samples: Positive = 512
    """Samples of `cnn_dailymail` by which scales of activations are found."""
    target_gemm_plugin: Literal["fp8", "low-latency-fp8"] = "low-latency-fp8"
    """How the target multiplies matrices; the low-latency kernels are for small batches on Hopper GPUs."""
    multiple_profiles: bool = True
    """Whether kernels are tuned for several batch sizes, which takes longer to build."""
    gpus: Positive = 2
    """GPUs over which a model is spread while it is quantised, since its 16-bit weights have to fit."""


class EnginesRoute(Settings):
    """Two TensorRT engines on one GPU, of the model and of its draft, built by a Job and served by Triton: the route of
    2024, pinned to the last container that has it."""

    type: Literal["engines"]
    draft: ModelName
    """The smaller model on Hugging Face, one of the catalog's, with the vocabulary of the served one."""
    max_draft_len: DraftTokens
    """Tokens that it proposes at a time; the engine is built for as many."""
    kv_cache_shares: KvCacheShares
    """How the engines share the memory that their weights leave free."""
    build: EngineBuild = EngineBuild()
    """How they are built."""
    storage_class: str = Field(default="gp3-encrypted", min_length=1)
    """Storage class of the volume that keeps checkpoints and engines. One node at a time mounts it, so all replicas run
    on one."""

    def drafting(self, model: str) -> Self:
        """Return the route with this draft."""
        return self.model_copy(update={"draft": model})


Route = Annotated[PyTorchRoute | EnginesRoute, Field(discriminator="type")]


class Benchmark(Settings):
    """A CronJob that never runs by itself: a Job made from it prints tokens a second with and without speculation, for
    one request at a time."""

    drafts: tuple[ModelName, ...] = ()
    """Further draft models to compare with the server's own."""
    requests: Positive = 20
    """Requests that are measured for each."""
    answer_tokens: Positive = 200
    """Tokens of each answer."""


class TensorRtLlmArgs(Further):
    """One model, served by TensorRT-LLM."""

    model: str = Field(min_length=1, examples=["nvidia/Llama-3.3-70B-Instruct-FP8"])
    """Name of the model on Hugging Face, one of the catalog's."""
    tensor_parallel: Positive
    """GPUs of a replica, over which it spreads each layer of the model and of its draft."""
    max_model_len: RequestTokens
    """Most tokens of a request, prompt and answer together."""
    max_num_seqs: BatchRequests
    """Most requests in a batch. Speculative decoding pays for small ones."""
    kv_cache_dtype: Literal["auto", "fp8"] = "auto"
    """What the KV cache is kept in: `fp8` takes half the memory; `auto` is what the checkpoint says, and is counted as
    16 bits."""
    route: Route
    """How the model is run."""
    drain_seconds: DrainSeconds = 120
    """Longest time for which a stopping replica finishes the requests that it has."""
    autoscaling: Autoscaling
    """How many replicas there are."""
    load_clients: LoadClients = LoadClients()
    """The Deployment of load clients; scale it by hand to put load on the server."""
    benchmark: Benchmark = Benchmark()
    """The benchmark; start it by hand."""
