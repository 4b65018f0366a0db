"""Bytes that one token leaves in all layers of a model, as papers and publishers state it of theirs."""

from slipway.catalog.architecture import Model
from slipway.catalog.kv_cache import kv_values_per_layer


def windowed_values_per_layer(model: Model) -> int:
    """Return the same of a layer with a sliding window, whose heads may be others."""
    window = model.window
    if window is None or model.latent is not None:
        return kv_values_per_layer(model)
    return 2 * (window.kv_heads or model.kv_heads) * (window.head_dim or model.head_dim)


def kv_bytes_per_token(model: Model, value_bytes: int = 2) -> int:
    """Return the bytes of one token in all layers of the whole model.

    For a model with a sliding window this is the bound for short contexts; see `kv_bytes_per_token_beyond_window`.
    """
    windowed = model.window.layers if model.window else 0
    return kv_bytes_per_token_beyond_window(model, value_bytes) + (
        windowed * windowed_values_per_layer(model) * value_bytes
    )


def kv_bytes_per_token_beyond_window(model: Model, value_bytes: int = 2) -> int:
    """Return the bytes that a further token adds once a request is longer than the sliding window."""
    windowed = model.window.layers if model.window else 0
    return (model.attention_layers - windowed) * kv_values_per_layer(model) * value_bytes
