"""Parameter counts from the shape alone.

Each function is one decoder block's arithmetic. Positions without parameters (rotary) and buffers are not counted; a
vision tower is not computed but taken from the row.
"""

from catalog.architecture import Experts, Model

BIASED_QKV = frozenset({"qwen2"})
QK_NORM = frozenset({"qwen3", "gemma3"})
FOUR_NORMS = frozenset({"gemma2", "gemma3"})
"""Gemma normalises before and after both halves of a layer."""
OPT_POSITION_OFFSET = 2
"""OPT's learned positions start at 2."""


def parameter_count(model: Model) -> int:
    """Return the number of parameters that the shape of `model` implies, its vision tower included."""
    layer_sum = {
        "gpt2": _gpt2_layers,
        "opt": _gpt2_layers,
        "gpt_oss": _gpt_oss_layers,
        "deepseek_v3": _deepseek_layers,
    }.get(model.model_type, _llama_layers)(model)
    return layer_sum + model.embedding_parameters + _positions_and_last_norm(model) + model.vision_parameters


def _positions_and_last_norm(model: Model) -> int:
    if model.model_type == "gpt2":
        return (model.max_positions + 2) * model.hidden
    if model.model_type == "opt":
        return (model.max_positions + OPT_POSITION_OFFSET + 2) * model.hidden
    return model.hidden


def _gpt2_layers(model: Model) -> int:
    """Fused or split QKV, output and two feed-forward matrices, all with bias; two layer norms with bias."""
    attention = 4 * (model.hidden**2 + model.hidden)
    feed_forward = 2 * model.hidden * model.intermediate + model.intermediate + model.hidden
    return model.layers * (attention + feed_forward + 4 * model.hidden)


def _llama_layers(model: Model) -> int:
    query, key_value = model.heads * model.head_dim, model.kv_heads * model.head_dim
    attention = model.hidden * (2 * query + 2 * key_value)
    if model.model_type in BIASED_QKV:
        attention += query + 2 * key_value
    if model.model_type in QK_NORM:
        attention += 2 * model.head_dim
    norms = (4 if model.model_type in FOUR_NORMS else 2) * model.hidden
    return model.layers * (attention + norms) + _feed_forward(model)


def _feed_forward(model: Model) -> int:
    """Gated feed-forward layers: all dense, or experts and their router after the leading dense layers."""
    dense = 3 * model.hidden * model.intermediate
    experts = model.experts
    if experts is None:
        return model.layers * dense
    return experts.dense_layers * dense + (model.layers - experts.dense_layers) * _experts(model.hidden, experts)


def _experts(hidden: int, experts: Experts) -> int:
    return (experts.count + experts.shared) * 3 * hidden * experts.intermediate + hidden * experts.count


def expert_parameters(model: Model) -> int:
    """Return the parameters of the routed and shared experts of all layers, biases and routers apart."""
    if model.experts is None:
        return 0
    each = 3 * model.hidden * model.experts.intermediate
    return (model.layers - model.experts.dense_layers) * (model.experts.count + model.experts.shared) * each


def _gpt_oss_layers(model: Model) -> int:
    """Llama's layer with a bias on every matrix and one attention sink a head."""
    if model.experts is None:
        raise ValueError(f"{model.name}: a gpt_oss model has experts")
    query, key_value = model.heads * model.head_dim, model.kv_heads * model.head_dim
    biases = query + 2 * key_value + model.hidden + model.experts.count
    biases += model.experts.count * (2 * model.experts.intermediate + model.hidden)
    return _llama_layers(model) + model.layers * (biases + model.heads)


def _deepseek_layers(model: Model) -> int:
    """Latent attention with low-rank queries; the router of a layer with experts has a bias for balancing."""
    latent, experts = model.latent, model.experts
    if latent is None or experts is None:
        raise ValueError(f"{model.name}: a deepseek_v3 model has latent attention and experts")
    key_dim = latent.nope_dim + latent.rope_dim
    query = model.hidden * latent.q_rank + latent.q_rank + latent.q_rank * model.heads * key_dim
    key_value = model.hidden * (latent.kv_rank + latent.rope_dim) + latent.kv_rank
    key_value += latent.kv_rank * model.heads * (latent.nope_dim + latent.value_dim)
    output = model.heads * latent.value_dim * model.hidden
    balancing = (model.layers - experts.dense_layers) * experts.count
    return model.layers * (query + key_value + output + 2 * model.hidden) + _feed_forward(model) + balancing
