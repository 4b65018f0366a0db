"""The options file of `trtllm-serve`: options of the LLM API, which win over the command line.

Names are those of tensorrt_llm/llmapi/llm_args.py in NVIDIA/TensorRT-LLM, which refuses what it does not know. NVIDIA's
guide to speculative decoding still calls `Draft_Target` by the name that it had up to 1.2, `DraftTarget`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from slipway.catalog.engines.tensorrt_llm.host import ITERATION_STATISTICS, RETURN_PERF_METRICS
from slipway.catalog.engines.tensorrt_llm.speculation import OVERLAPS
from slipway.serving.tensorrt_llm.settings import (
    DraftTarget,
    Eagle3,
    Mtp,
    NGram,
    NoSpeculation,
    PyTorchRoute,
    Speculation,
    TensorRtLlmArgs,
)

Options = Mapping[str, Any]


def options(args: TensorRtLlmArgs, route: PyTorchRoute, found_at: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the options of a server; those of a person are merged last.

    Args:
        found_at: returns what is told to load a model; its name on Hugging Face if left out.
    """
    kv_cache = {"dtype": "fp8"} if args.kv_cache_dtype == "fp8" else {}
    own = {
        "tensor_parallel_size": args.tensor_parallel,
        "max_seq_len": args.max_model_len,
        "max_batch_size": args.max_num_seqs,
        "max_num_tokens": route.max_num_batched_tokens,
        # A prompt longer than a step is refused otherwise.
        "enable_chunked_prefill": True,
        "kv_cache_config": {"free_gpu_memory_fraction": route.kv_cache_share, **kv_cache},
        "disable_overlap_scheduler": route.speculation.type not in OVERLAPS,
        RETURN_PERF_METRICS: True,
        ITERATION_STATISTICS: True,
        **_speculative(route.speculation, found_at),
    }
    return _merged(own, route.extra_options)


def _speculative(speculation: Speculation, found_at: Callable[[str], str]) -> dict[str, Any]:
    match speculation:
        case NoSpeculation():
            return {}
        case DraftTarget(model=model):
            chosen: dict[str, Any] = {"decoding_type": "Draft_Target", "speculative_model": found_at(model)}
        case Eagle3(model=model):
            chosen = {"decoding_type": "Eagle3", "speculative_model": found_at(model)}
        case NGram(max_matching_ngram_size=size):
            chosen = {"decoding_type": "NGram", "max_matching_ngram_size": size}
        case Mtp():
            chosen = {"decoding_type": "MTP"}
    return {"speculative_config": {**chosen, "max_draft_len": speculation.max_draft_len}}


def _merged(base: Options, over: Options) -> dict[str, Any]:
    """Return both, mappings merged key by key; elsewhere `over` wins."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        merged[key] = _merged(cast(Options, below), cast(Options, value)) if both else value
    return merged


def rendered(values: object) -> str:
    """Return a document as JSON, which is YAML too."""
    return json.dumps(values, indent=2) + "\n"


def digest(files: Mapping[str, str]) -> str:
    """Return what changes with any name or content of these files; in the name of a ConfigMap it rolls its pods."""
    return hashlib.sha256(json.dumps(dict(files), sort_keys=True).encode()).hexdigest()[:10]
