"""Bytes of weights on one chip."""

from math import ceil

from catalog.architecture import BITS, Model, WeightDtype
from checks.fit.replica import Engine

MXFP4_LOADED = 1.06
"""GPU kernels pad MXFP4 experts: llm-d-planner measured 13.47 and 64.38 GiB for checkpoints of 12.82 and 60.77 GiB."""


def served_dtype(model: Model, dtype: WeightDtype | None, engine: Engine) -> WeightDtype:
    """Return what the weights are served in.

    The engines cast a float32 checkpoint to 16 bits; a Triton Python model loads what the checkpoint has.
    """
    own = model.quantisation or model.dtype
    if dtype is None:
        return "bfloat16" if own == "float32" and engine != "triton-python" else own
    return dtype


def weights_per_chip(
    model: Model, dtype: WeightDtype | None, engine: Engine, *, tensor_parallel: int, pipeline_parallel: int
) -> int:
    """Return the bytes of the weights on the fullest chip.

    Pipeline stages share out whole layers, and the first and the last hold the embedding or the output layer.
    """
    total = _total(model, dtype, engine)
    if pipeline_parallel == 1:
        return ceil(total / tensor_parallel)
    served = served_dtype(model, dtype, engine)
    value_bytes = 4 if served == "float32" else 2
    layers = total - model.embedding_parameters * value_bytes
    stage = layers * ceil(model.layers / pipeline_parallel) / model.layers
    return ceil((stage + model.vocabulary * model.hidden * value_bytes) / tensor_parallel)


def _total(model: Model, dtype: WeightDtype | None, engine: Engine) -> int:
    served = served_dtype(model, dtype, engine)
    if served == (model.quantisation or model.dtype):
        on_gpu = engine in ("vllm", "tensorrt-llm")
        return round(model.weight_bytes * (MXFP4_LOADED if served == "mxfp4" and on_gpu else 1))
    return model.weight_bytes_as(served)


def activation_bytes(dtype: WeightDtype) -> int:
    """Return the bytes of one activation where weights are served in `dtype`."""
    return round(BITS["float32"] / 8) if dtype == "float32" else 2
