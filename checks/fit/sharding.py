"""Whether a model can be cut into as many pieces as a replica has chips."""

from catalog.architecture import Model
from checks import Finding
from checks.fit.replica import Replica

MAX_CHIPS = 16


def divides(model: Model, tensor_parallel: int) -> bool:
    """Whether each chip gets whole heads and an equal part of the feed-forward layers.

    Key and value heads may be fewer than chips if they are replicated evenly (vLLM: one must divide the other).
    """
    chips, kv_heads = tensor_parallel, model.kv_heads
    kv_even = model.latent is not None or kv_heads % chips == 0 or chips % kv_heads == 0
    return model.heads % chips == 0 and kv_even and model.intermediate % chips == 0


def divisors(model: Model) -> list[int]:
    """Return the numbers of chips, up to 16, over which a layer can be spread."""
    return [chips for chips in range(1, MAX_CHIPS + 1) if divides(model, chips)]


def sharding_findings(path: str, replica: Replica) -> list[Finding]:
    """Judge the sharding of the served model and of its draft against the chips of the replica."""
    return [
        *_tensor_parallel(f"{path}.tensorParallel", replica.model, replica.tensor_parallel),
        *_pipeline_parallel(f"{path}.pipelineParallel", replica),
        *_chips(path, replica),
        *_draft(f"{path}.draft", replica),
    ]


def _tensor_parallel(path: str, model: Model, chips: int) -> list[Finding]:
    if divides(model, chips):
        return []
    shape = f"{model.heads} query heads, {model.kv_heads} key-value heads, feed-forward width {model.intermediate}"
    message = f"{model.name} ({shape}) cannot be spread evenly over {chips} chips"
    return [
        Finding(
            "fit.tensor-parallel", path, message, f"use one of {', '.join(str(choice) for choice in divisors(model))}"
        )
    ]


def _pipeline_parallel(path: str, replica: Replica) -> list[Finding]:
    layers, stages = replica.model.layers, replica.pipeline_parallel
    if stages <= layers:
        return []
    message = f"{replica.model.name} has {layers} layers, fewer than {stages} stages"
    return [Finding("fit.pipeline-parallel", path, message, f"use at most {layers}")]


def _chips(path: str, replica: Replica) -> list[Finding]:
    used, key = replica.tensor_parallel * replica.pipeline_parallel, f"{path}.tensorParallel"
    message = f"the model is cut into {used} pieces and the replica has {replica.chips} chips"
    if used > replica.chips:
        return [Finding("fit.chips", key, message, f"use at most {replica.chips}, or give the replica {used} chips")]
    if used == replica.chips or replica.engine == "triton-python":
        return []
    remedy = f"use {replica.chips} pieces, or a pool of machines with {used} chips"
    return [Finding("fit.chips", key, f"{message}, of which the rest stay idle", remedy, "warning")]


def _draft(path: str, replica: Replica) -> list[Finding]:
    if replica.draft is None:
        return []
    draft, model = replica.draft.model, replica.model
    findings = _tensor_parallel(f"{path}.tensorParallel", draft, replica.draft.tensor_parallel)
    if draft.vocabulary != model.vocabulary:
        message = f"{draft.name} has {draft.vocabulary} tokens and {model.name} has {model.vocabulary}"
        remedy = "a draft needs the vocabulary of the model it drafts for: use a smaller model of the same family"
        findings.append(Finding("fit.draft", f"{path}.model", message, remedy))
    return findings
