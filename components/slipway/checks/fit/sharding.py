"""Whether a model can be cut into as many pieces as a replica has chips."""

from slipway.catalog.architecture import Model
from slipway.catalog.layers import Split
from slipway.checks import Finding
from slipway.checks.fit.engines import EngineMemory
from slipway.checks.fit.replica import Replica

MAX_CHIPS = 16
OF_EXPERTS = ".experts."
"""In the names of matrices that an expert of a mixture has."""


def _sharing(matrix: str, tensor_parallel: int, expert_parallel: int) -> int:
    """Return how many chips share out a matrix, by its name."""
    return max(tensor_parallel // expert_parallel, 1) if OF_EXPERTS in matrix else tensor_parallel


def divides(model: Model, tensor_parallel: int, expert_parallel: int = 1) -> bool:
    """Whether each chip gets whole heads and an equal part of the feed-forward layers and of each expert.

    Key and value heads may be fewer than chips if they are replicated evenly (vLLM: one must divide the other).
    """
    chips, window, experts = tensor_parallel, model.window, model.experts
    sharing = _sharing(OF_EXPERTS, chips, expert_parallel)
    kv_heads = [model.kv_heads] if window is None else [model.kv_heads, window.kv_heads or model.kv_heads]
    kv_even = model.latent is not None or all(heads % chips == 0 or chips % heads == 0 for heads in kv_heads)
    even = all(width % chips == 0 for width in (model.heads, model.intermediate))
    return kv_even and even and (experts is None or experts.intermediate % sharing == 0)


def broken_split(
    model: Model, tensor_parallel: int, rules: EngineMemory | None = None, expert_parallel: int = 1
) -> Split | None:
    """Return a width whose parts are not whole quantisation blocks on so many chips, if the engine needs them whole.

    So vLLM refuses 192 values of a block of 128 (vllm#25292; vllm/model_executor/layers/quantization/utils/
    fp8_utils.py, validate_fp8_block_shape), and GPTQ's 7392 of a group of 128 (vllm#5675).
    """
    if tensor_parallel == 1 or (rules is not None and not rules.whole_blocks):
        return None
    parts = ((split, _sharing(split.name, tensor_parallel, expert_parallel)) for split in model.splits)
    return next((split for split, chips in parts if chips > 1 and (split.width // chips) % split.multiple), None)


def divisors(model: Model, rules: EngineMemory | None = None) -> list[int]:
    """Return the numbers of chips, up to 16, over which a layer can be spread by an engine, or by any."""
    return [
        chips
        for chips in range(1, MAX_CHIPS + 1)
        if divides(model, chips) and broken_split(model, chips, rules) is None
    ]


def sharding_findings(path: str, replica: Replica) -> list[Finding]:
    """Judge the sharding of the served model and of its draft against the chips of the replica."""
    return [
        *_tensor_parallel(f"{path}.tensorParallel", replica.model, replica.tensor_parallel, replica),
        *_pipeline_parallel(f"{path}.pipelineParallel", replica),
        *_chips(path, replica),
        *_draft(f"{path}.draft", replica),
    ]


def _tensor_parallel(path: str, model: Model, chips: int, replica: Replica) -> list[Finding]:
    rules, parts = replica.rules, replica.expert_parallel
    remedy = f"use one of {', '.join(map(str, divisors(model, rules)))}"
    if not divides(model, chips, parts):
        expert = f", expert width {model.experts.intermediate}" if model.experts else ""
        shape = f"{model.heads} query heads, {model.kv_heads} key-value heads, feed-forward width {model.intermediate}"
        message = f"{model.name} ({shape}{expert}) cannot be spread evenly over {chips} chips"
        return [Finding("fit.tensor-parallel", path, message, remedy)]
    if (split := broken_split(model, chips, rules, parts)) is None:
        return []
    sharing = _sharing(split.name, chips, parts)
    if rules.whole_experts and OF_EXPERTS in split.name and model.experts and model.experts.count % chips == 0:
        remedy += f", or give each chip whole experts by {rules.whole_experts.format(chips=chips)}"
    message = (
        f"{model.name} is quantised in blocks of {split.multiple}, and each of {sharing} chips gets "
        f"{split.width // sharing} of the {split.width} values of {split.name}, no multiple: the engine refuses it"
    )
    return [Finding("fit.quantisation-blocks", path, message, f"{remedy}, or a checkpoint in another format")]


def _pipeline_parallel(path: str, replica: Replica) -> list[Finding]:
    layers, stages = replica.model.layers, replica.pipeline_parallel
    if stages <= layers:
        return []
    message = f"{replica.model.name} has {layers} layers, fewer than {stages} stages"
    return [Finding("fit.pipeline-parallel", path, message, f"use at most {layers}")]


def _chips(path: str, replica: Replica) -> list[Finding]:
    shards, stages = replica.tensor_parallel, replica.pipeline_parallel
    used, key = shards * stages, f"{path}.tensorParallel"
    product = f"{shards} x {stages} = {used} pieces" if stages > 1 else f"{used} pieces"
    message = f"the model is cut into {product}, and the replica has {replica.chips} chips"
    if used > replica.chips:
        remedy = f"use at most {replica.chips}, or give the replica {used} chips"
        return [Finding("fit.too-few-chips", key, message, remedy)]
    if used == replica.chips or replica.rules.copies:
        return []
    remedy = f"use {replica.chips} pieces, or a pool of machines with {used} chips"
    return [Finding("fit.idle-chips", key, f"{message}, of which the rest stay idle", remedy, "warning")]


def _draft(path: str, replica: Replica) -> list[Finding]:
    if replica.draft is None:
        return []
    draft, model = replica.draft.model, replica.model
    findings = _tensor_parallel(f"{path}.tensorParallel", draft, replica.draft.tensor_parallel, replica)
    if draft.vocabulary != model.vocabulary:
        message = f"{draft.name} has {draft.vocabulary} tokens and {model.name} has {model.vocabulary}"
        remedy = "a draft needs the vocabulary of the model it drafts for: use a smaller model of the same family"
        findings.append(Finding("fit.draft-vocabulary", f"{path}.model", message, remedy))
    return findings
