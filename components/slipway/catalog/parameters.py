"""Parameters of a part of a network, from the shape alone; `catalog.config_json` counts whole ones."""

from slipway.catalog.architecture import Model


def expert_parameters(model: Model) -> int:
    """Return the parameters of the routed and shared experts of all layers, biases and routers apart."""
    if model.experts is None:
        return 0
    each = 3 * model.hidden * model.experts.intermediate
    return (model.layers - model.experts.dense_layers) * (model.experts.count + model.experts.shared) * each
