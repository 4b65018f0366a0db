"""Triton Inference Server: its images, where they keep NVIDIA's model code, and what a replica takes of its host.

Sources: docs/introduction/compatibility.md of triton-inference-server/server (the TensorRT-LLM of each container),
docs/source/legacy/tensorrt-backend-removal.md of NVIDIA/TensorRT-LLM (where the engine route ends), the server's user
guide on health, metrics and shutdown, and NVIDIA's guide "TensorRT-LLM Autoscaling and Load Balancing" of
triton-inference-server/tutorials.
"""

from collections.abc import Mapping
from math import ceil

from slipway.catalog.architecture import Model
from slipway.catalog.drivers import TritonVariant
from slipway.catalog.footprint import files_gib
from slipway.catalog.units import GIB

IMAGE = "nvcr.io/nvidia/tritonserver"

BACKENDS: Mapping[TritonVariant, frozenset[str]] = {
    "py3": frozenset({"dali", "fil", "identity", "onnxruntime", "openvino", "python", "pytorch", "tensorrt"}),
    "trtllm-python-py3": frozenset({"python", "tensorrtllm"}),
    "vllm-python-py3": frozenset({"python", "vllm"}),
}
"""The backends that each variant of the image brings, by the end of its tag."""

TENSORRT_LLM: Mapping[str, str] = {
    "26.03": "1.2.0",
    "26.04": "1.2.1",
    "26.05": "1.2.1",
    "26.06": "1.2.1",
    "26.07": "1.2.1",
}
"""The release of TensorRT-LLM in each container that builds and serves engines by the API of 1.2; later ones have
neither `trtllm-build` nor the backend in C++."""

LAST_ENGINE_RELEASE = max(TENSORRT_LLM)

ENGINE_TEMPLATES = "/app/all_models/inflight_batcher_llm"
"""Where the trtllm images keep the models around an engine, as templates whose blanks are to be filled in."""

LLMAPI_CODE = "/app/all_models/llmapi/tensorrt_llm/1"
"""Where the trtllm images keep the code of the LLM API's model."""

BEHIND = "behind"
"""The metric tag of a model to which another one hands requests and waits for them. The times of such a model are those
of taking a request over, and say nothing."""

MEASURED = f'_{BEHIND}=""'
"""The PromQL matcher of every other model: Triton writes a tag as a label with an underscore before it."""

HTTP_PORT = 8000
GRPC_PORT = 8001
LIVE_PATH = "/v2/health/live"

IMAGE_GIB = 40
"""Disk that an unpacked image takes, GiB: an upper estimate; the trtllm image of 26.07 is 14 GB when compressed."""

MEMORY_GIB = 8
"""Main memory of the server with its CUDA libraries, beside files that the kernel keeps: a cautious guess."""

PROCESS_MEMORY_GIB = 0.75
"""Main memory of one instance of a Python model that imports PyTorch: a cautious guess."""

SHARED_MEMORY_GIB = 8
"""Size of /dev/shm, through which Python models and the ranks of an engine exchange tensors; a container has 64 MiB."""

LOAD_SECONDS = 15 * 60
"""Reading weights or an engine, and starting every instance of the models around it: a cautious guess."""

BUILD_BYTES_PER_SECOND = 10_000_000
"""What a build of an engine gets through of the model's weights: a guess by which only time limits are set."""

BUILD_COPIES = 2.2
"""Copies of the weights in main memory while an engine is built: the model's own and the serialised engine."""


def build_seconds(model: Model) -> int:
    """Return the time in which an engine is built from weights that are there."""
    return ceil(model.weight_bytes / BUILD_BYTES_PER_SECOND) + 10 * 60


def build_memory_gib(model: Model) -> int:
    """Return the main memory that a build takes, GiB."""
    return ceil(model.weight_bytes * BUILD_COPIES / GIB) + MEMORY_GIB


def engine_gib(model: Model) -> int:
    """Return the disk for a model and the engine made of it, GiB; the engine is once as large as the weights."""
    return files_gib(model) + ceil(model.weight_bytes * 1.05 / GIB)
