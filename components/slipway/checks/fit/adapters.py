"""Bytes of LoRA adapters on one chip, as vLLM allocates them when it starts.

Every slot holds the two factors of every adapted layer at the largest rank, whatever the adapters loaded later have
(vllm/lora/layers/base_linear.py, create_lora_weights). Column-parallel layers keep the whole first factor on each chip
and row-parallel ones the whole second, as without `--fully-sharded-loras`; embeddings and output layers are whole on
every chip. Adapted experts are not known here.
"""

from collections.abc import Iterable, Mapping
from math import ceil

from slipway.catalog.architecture import Model
from slipway.checks import Finding
from slipway.checks.fit.replica import Adapters, LoraTarget

FEED_FORWARD: frozenset[LoraTarget] = frozenset({"gate_proj", "up_proj", "down_proj"})
BLOCKS = frozenset({"llama", "qwen2", "qwen3", "gemma2", "gemma3"})
"""Those whose attention and feed-forward layers have the names and shapes of the targets."""

ONCE: frozenset[LoraTarget] = frozenset({"embed_tokens", "lm_head"})
"""Those that a model has once, not in every layer."""

VLLM_MODULES: Mapping[str, tuple[LoraTarget, ...]] = {
    "qkv_proj": ("q_proj", "k_proj", "v_proj"),
    "o_proj": ("o_proj",),
    "gate_up_proj": ("gate_proj", "up_proj"),
    "down_proj": ("down_proj",),
}
"""The layers of a checkpoint that each of vLLM's modules is made of."""


def vllm_adapters(slots: int, rank: int, modules: Iterable[str] | None) -> Adapters:
    """Return the adapters that vLLM makes room for; without modules, of all of them, embeddings included."""
    targets: list[LoraTarget] = [target for module in modules or VLLM_MODULES for target in VLLM_MODULES[module]]
    if modules is None:
        targets += ONCE
    return Adapters(slots=slots, rank=rank, targets=tuple(targets))


def adapter_findings(path: str, model: Model, adapters: Adapters) -> list[Finding]:
    """Say whether the memory of the adapters of a model cannot be counted.

    Args:
        path: where the adapters are in the stack file.
    """
    if model.model_type not in BLOCKS:
        message = f"{model.name}: adapters are known for {', '.join(sorted(BLOCKS))}, not for {model.model_type}"
        return [Finding("fit.adapter-block", path, message, "leave it out")]
    if model.experts is not None and (unknown := FEED_FORWARD & set(adapters.targets)):
        message = f"{model.name}: the adapters of experts are not known, and {', '.join(sorted(unknown))} are in them"
        remedy = "leave the feed-forward layers out of the targets"
        return [Finding("fit.adapter-experts", f"{path}.targets", message, remedy)]
    return []


def adapters_per_chip(
    model: Model, adapters: Adapters, value_bytes: int, *, tensor_parallel: int, pipeline_parallel: int
) -> int:
    """Return the bytes of all slots on the fullest chip.

    Raises:
        ValueError: the layers of the model's block, or its experts, cannot be counted.
    """
    if findings := adapter_findings("lora", model, adapters):
        raise ValueError("\n".join(map(str, findings)))
    targets = set(adapters.targets)
    widths = sum(_width(model, target, tensor_parallel) for target in targets - ONCE)
    once = len(targets & ONCE) * (model.vocabulary + model.hidden)
    layers = ceil(model.layers / pipeline_parallel)
    return adapters.slots * adapters.rank * (layers * widths + once) * value_bytes


def _width(model: Model, target: LoraTarget, chips: int) -> int:
    """Return the values of both factors for each rank: the input of the layer and its output, one of them sharded."""
    query = model.heads * model.head_dim // chips
    key_value = ceil(model.kv_heads / chips) * model.head_dim
    feed_forward = model.intermediate // chips
    shared: Mapping[LoraTarget, int] = {
        "q_proj": query,
        "k_proj": key_value,
        "v_proj": key_value,
        "o_proj": query,
        "gate_proj": feed_forward,
        "up_proj": feed_forward,
        "down_proj": feed_forward,
    }
    return model.hidden + shared[target]
