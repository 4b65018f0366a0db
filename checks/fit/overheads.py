"""What an engine needs beside weights and KV cache, in bytes on one chip.

- vLLM on GPUs measures one step of the largest batch before it sizes the cache. Two phases compete for its peak: the
  feed-forward layers, by tokens, and the sampler, which sorts and sums the logits of every request, by requests.
  The bytes of both were fitted to measured logs: vllm#10517 (2.07 and 2.99 GiB at 20000 and 29000 tokens of
  Llama-3.1-8B) and llm-d-planner (4.76, 4.84, 5.64 and 7.38 GiB for 1024 requests and vocabularies of 128256, 151936
  and 201088). Newer model runners measure a cheaper sampler, so this is the upper end.
- vLLM on TPUs measures nothing: programs and scratch live in what the utilisation leaves out.
- TensorRT-LLM follows NVIDIA aiconfigurator (sdk/memory.py, systems/*.yaml @095f58a51c).
- A Triton Python model holds a CUDA context and its batch's activations, once an instance.
"""

from catalog.architecture import Model
from catalog.units import GIB, MIB
from checks.fit.replica import Replica
from checks.fit.weights import activation_bytes, served_dtype

SAMPLER_BYTES_PER_LOGIT = 38.4
VISION_ENCODER = round(2.5 * GIB)
"""Least activations of a model with a vision tower (llm-d-planner)."""
NON_TORCH = {False: round(0.15 * GIB), True: round(0.6 * GIB)}
"""CUDA context and NCCL, on one chip and on several (llm-d-planner, H100)."""
CUDA_GRAPHS = round(0.65 * GIB)
"""vllm#21489, gemma-3-4b; other logs show 0.36 to 2 GiB."""
CUDA_CONTEXT = round(0.35 * GIB)
"""What a process holds outside its tensors (vllm#10517, RTX 3090)."""
TENSORRT_OTHER = round(3.5 * GIB)
TENSORRT_NCCL = {1: 0, 2: 342 * MIB, 4: 392 * MIB}
TENSORRT_LEAST_ACTIVATIONS = 70 * MIB
TENSORRT_FACTORS = {
    "experts": {1: 22.0, 2: 13.0, 4: 10.0},
    "llama": {1: 11.0, 2: 6.5, 4: 5.0},
    "other": {1: 10.0, 2: 6.0, 4: 5.0},
}
"""Activation values per token and value of the query projection, by the chips that share them (most: 4 or more)."""


def activations(replica: Replica) -> int:
    """Return the transient memory of the largest step."""
    if replica.engine == "vllm-tpu":
        return 0
    if replica.engine == "tensorrt-llm":
        return _tensorrt_activations(replica)
    value_bytes = activation_bytes(served_dtype(replica.model, replica.weight_dtype, replica.engine))
    step = replica.batched_tokens * _step_width(replica.model, replica.tensor_parallel) * value_bytes
    if replica.engine == "triton-python":
        return replica.instances * step
    hidden = replica.batched_tokens * replica.model.hidden * value_bytes
    sampler = round(replica.sequences * replica.model.vocabulary * SAMPLER_BYTES_PER_LOGIT) + hidden
    return max(step, sampler, VISION_ENCODER if replica.model.vision_parameters else 0)


def runtime(replica: Replica) -> int:
    """Return the memory that the engine's runtime holds for good."""
    if replica.engine == "vllm-tpu":
        return 0
    if replica.engine == "triton-python":
        return replica.instances * CUDA_CONTEXT
    if replica.engine == "tensorrt-llm":
        return TENSORRT_OTHER + TENSORRT_NCCL[_sharing(replica)]
    several = replica.tensor_parallel * replica.pipeline_parallel > 1
    return NON_TORCH[several] + (CUDA_GRAPHS if replica.cuda_graphs else 0)


def _step_width(model: Model, tensor_parallel: int) -> int:
    """Values that one token has alive at the widest point of a layer: gate, up and their product, and the residual."""
    if model.experts is None:
        return 3 * model.intermediate // tensor_parallel + 3 * model.hidden
    routed = model.experts.active * (3 * model.experts.intermediate // tensor_parallel + model.hidden)
    return routed + 3 * model.hidden


def _tensorrt_activations(replica: Replica) -> int:
    model = replica.model
    family = "experts" if model.experts else "llama" if model.model_type == "llama" else "other"
    values = replica.batched_tokens * model.heads * model.head_dim * TENSORRT_FACTORS[family][_sharing(replica)]
    return max(round(2 * values), TENSORRT_LEAST_ACTIVATIONS)


def _sharing(replica: Replica) -> int:
    """The row of NVIDIA's tables: the chips a layer is shared by, rounded down to 1, 2 or 4."""
    return next(row for row in (4, 2, 1) if row <= replica.tensor_parallel)
