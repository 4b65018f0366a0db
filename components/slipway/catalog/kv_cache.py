"""What one token leaves in a model's key-value cache, before any engine shards, pads or pages it."""

from slipway.catalog.architecture import Model


def kv_values_per_layer(model: Model) -> int:
    """Return the cached numbers of one token in a layer that attends to everything: keys and values, or MLA's entry."""
    if model.latent is not None:
        return model.latent.kv_rank + model.latent.rope_dim
    return 2 * model.kv_heads * model.head_dim
