"""Bytes of weights on one chip."""

from math import ceil

from slipway.catalog.architecture import Model, WeightDtype
from slipway.checks.fit.engines import EngineMemory


def served_dtype(model: Model, dtype: WeightDtype | None, rules: EngineMemory) -> WeightDtype:
    """Return what the weights are served in: as asked, or as the checkpoint has them."""
    own = model.quantisation or model.dtype
    if dtype is None:
        return "bfloat16" if own == "float32" and not rules.keeps_float32 else own
    return dtype


def weights_per_chip(
    model: Model, dtype: WeightDtype | None, rules: EngineMemory, *, tensor_parallel: int, pipeline_parallel: int
) -> int:
    """Return the bytes of the weights on the fullest chip, with what the engine makes of them as it loads.

    Pipeline stages share out whole layers, and the first and the last hold the embedding or the output layer. Of what
    every chip has whole, nothing is shared out.
    """
    served = served_dtype(model, dtype, rules)
    total, whole = _total(model, served, rules), model.whole_bytes
    tables = rules.tables(model, tensor_parallel)
    if pipeline_parallel == 1:
        return ceil((total - whole) / tensor_parallel) + whole + tables
    value_bytes = 4 if served == "float32" else 2
    share = ceil(model.layers / pipeline_parallel) / model.layers
    stage = (total - whole - model.embedding_parameters * value_bytes) * share
    return ceil((stage + model.vocabulary * model.hidden * value_bytes) / tensor_parallel + whole * share) + tables


def _total(model: Model, served: WeightDtype, rules: EngineMemory) -> int:
    if served != (model.quantisation or model.dtype):
        return model.weight_bytes_as(served)
    return round(model.weight_bytes * (rules.mxfp4_loaded if served == "mxfp4" else 1))
