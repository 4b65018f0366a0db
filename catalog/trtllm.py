"""TensorRT-LLM: its images, which methods of speculative decoding it has, and what a replica takes of its host.

`catalog.engines.trtllm_serve` knows the series. Sources of the rest, all of NVIDIA/TensorRT-LLM: docs/source/features/
speculative-decoding.md @04c8822c (methods, the models that they need), feature-combination-matrix.md @01edceae,
and tensorrt_llm/llmapi/llm_args.py @00043967 (names of options). `catalog.triton` knows the containers that still build
engines.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from catalog.architecture import Model
from catalog.engines.trtllm_serve import ITERATIONS
from catalog.footprint import DOWNLOAD_BYTES_PER_SECOND
from catalog.triton import IMAGE as TRITON_IMAGE
from catalog.triton import LAST_ENGINE_RELEASE, TENSORRT_LLM
from catalog.units import GIB

Method = Literal["none", "draft-target", "eagle3", "ngram", "mtp"]
"""How tokens are proposed that the served model then verifies."""

IMAGE = "nvcr.io/nvidia/tensorrt-llm/release"

ENGINES_IMAGE = f"{TRITON_IMAGE}:{LAST_ENGINE_RELEASE}-trtllm-python-py3"
"""The container that builds and serves engines."""
ENGINES_VERSION = TENSORRT_LLM[LAST_ENGINE_RELEASE]
"""The release of TensorRT-LLM in it: no other release runs the engines that it builds."""

RETURN_PERF_METRICS = "return_perf_metrics"
"""The option with which there is a page for Prometheus."""
ITERATION_STATISTICS = ITERATIONS
"""The option with which the PyTorch backend counts what waits and how full the KV cache is."""

OVERLAPS = frozenset[Method]({"none", "eagle3", "mtp"})
"""Methods that run with the overlap scheduler; for the others NVIDIA's documentation turns it off. All of them run with
CUDA graphs, chunked prefill and tensor parallelism, and none with pipeline parallelism."""

MTP_MODEL_TYPES = ("deepseek_v3",)
"""Models whose checkpoints have layers that predict several tokens."""

IMAGE_GIB = 40
"""Disk that an unpacked image takes, GiB: an upper estimate."""

MEMORY_GIB = 16
"""Main memory of the server, and of each process that has a GPU, beside files that the kernel keeps: a cautious guess.
"""

SHARED_MEMORY_GIB = 8
"""Size of /dev/shm, through which the processes of a replica exchange batches."""

LOAD_SECONDS = 30 * 60
"""Reading weights, tuning kernels and capturing CUDA graphs: a cautious guess."""

ENGINE_LOAD_SECONDS = 15 * 60
"""Reading two engines from a network disk: a cautious guess."""

STEP_BYTES_PER_SECOND = 25_000_000
"""What a step of building engines gets through of the model's 16-bit weights, with slow disks in mind: a guess by which
only time limits are set. The largest step is the quantisation, which reads and writes the model."""


@dataclass(frozen=True, slots=True)
class EagleHead:
    """A checkpoint of EAGLE-3: it reads the hidden states of the one model that it was trained with.

    Attributes:
        name: Hugging Face id.
        targets: that model's checkpoints, quantised copies included.
    """

    name: str
    targets: tuple[str, ...]

    def row(self, target: Model) -> Model:
        """Return its shape: one layer as wide as its target's, which published heads do not exceed.

        The layer reads an embedding beside a hidden state, a matrix joins three hidden states, and the output layer
        has at most the target's vocabulary.
        """
        width = target.hidden
        attention = width * target.head_dim * (3 * target.heads + 4 * target.kv_heads)
        layer = attention + 3 * width * target.intermediate
        return replace(
            target,
            name=self.name,
            parameters=layer + 3 * width * width + EAGLE_VOCABULARY * width,
            layers=1,
            quantisation=None,
            checkpoint_bytes=None,
            gated=False,
            source="widths of its target",
        )


EAGLE_VOCABULARY = 32000
"""Tokens that the output layer of a published EAGLE-3 head can propose."""

_LLAMA_33_70B = (
    "meta-llama/Llama-3.3-70B-Instruct",
    "nvidia/Llama-3.3-70B-Instruct-FP8",
    "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic",
)

EAGLE_HEADS = {
    head.name: head
    for head in (
        EagleHead("yuhuili/EAGLE3-LLaMA3.3-Instruct-70B", _LLAMA_33_70B),
        EagleHead("nebius/EAGLE3-Llama-3.3-70B-Instruct", _LLAMA_33_70B),
        EagleHead("yuhuili/EAGLE3-LLaMA3.1-Instruct-8B", ("meta-llama/Llama-3.1-8B-Instruct",)),
    )
}
"""Known heads by name."""


def cold_start_seconds(models: Iterable[Model]) -> int:
    """Return the time until a replica answers that has to download these models first."""
    return ceil(sum(model.weight_bytes for model in models) / DOWNLOAD_BYTES_PER_SECOND) + LOAD_SECONDS


def cache_gib(models: Iterable[Model]) -> int:
    """Return the disk that the downloaded files of models take, GiB: the weights, an eighth more and 2 GiB each."""
    return sum(ceil(model.weight_bytes * 1.125 / GIB) + 2 for model in models)


def engines_gib(target: Model, drafts: Iterable[Model]) -> int:
    """Return the disk for checkpoints, FP8 checkpoints and engines, GiB: the target's engine is there twice, since the
    benchmark compares with one that takes no drafts."""

    def quantised(model: Model) -> int:
        return model.weight_bytes_as("fp8")

    size = target.weight_bytes + 3 * quantised(target)
    size += sum(draft.weight_bytes + 2 * quantised(draft) for draft in drafts)
    return ceil(size * 1.1 / GIB)


def build_seconds(target: Model, drafts: Iterable[Model]) -> int:
    """Return the time after which building engines counts as failed, the download included."""
    size = sum(model.weight_bytes for model in (target, *drafts))
    return ceil(size / DOWNLOAD_BYTES_PER_SECOND + size / STEP_BYTES_PER_SECOND) + LOAD_SECONDS


def quantising_gpus(model: Model, gpu_memory_gib: float) -> int:
    """Return the fewest GPUs over which a model can be quantised: nine tenths of each take its 16-bit weights."""
    return ceil(model.weight_bytes / GIB / (0.9 * gpu_memory_gib))


def quantising_memory_gib(model: Model) -> int:
    """Return the main memory for quantising a model, GiB: the 16-bit weights once, and the process's own."""
    return ceil(model.weight_bytes / GIB) + MEMORY_GIB


def memory_gib(gpus: int) -> int:
    """Return the main memory of a server with so many GPUs, GiB."""
    return MEMORY_GIB * (1 + gpus)
