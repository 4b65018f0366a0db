"""Whether a method of speculative decoding works with the model that it is to speed up, and what it needs beside it.

The methods and their constraints are those of TensorRT-LLM; `catalog.engines.tensorrt_llm` names the sources. Memory is
not judged here: a draft that is too large does not fit, which `checks.fit` and `checks.engine_pair` say.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from slipway.catalog.architecture import Model
from slipway.catalog.engines.tensorrt_llm.speculation import EAGLE_HEADS, MTP_MODEL_TYPES, EagleHead, Method
from slipway.checks import Finding
from slipway.checks.fit.sharding import divides, divisors


@dataclass(frozen=True, slots=True, kw_only=True)
class Speculation:
    """How a server proposes tokens.

    Attributes:
        target: the served model.
        draft: the model that proposes tokens, or the EAGLE-3 head's row; None where the method has none.
        head: the EAGLE-3 head.
        max_draft_len: most tokens that are proposed at a time.
        tensor_parallel: chips over which the draft is sharded, as many as the target's.
        max_model_len: most tokens of a request.
        max_num_seqs: most requests in a batch.
        max_num_batched_tokens: most tokens of one step.
    """

    method: Method
    target: Model
    draft: Model | None = None
    head: EagleHead | None = None
    max_draft_len: int = 0
    tensor_parallel: int = 1
    max_model_len: int
    max_num_seqs: int
    max_num_batched_tokens: int


def speculation_findings(path: str, given: Speculation) -> list[Finding]:
    """Judge a method; `path` is where it is in the stack file, and findings name keys below it."""
    findings = [*_step(path, given)]
    match given.method:
        case "draft-target" if given.draft is not None:
            findings += draft_findings(f"{path}.model", given.target, given.draft, given.max_model_len)
            findings += _sharding(f"{path}.model", given.draft, given.tensor_parallel)
        case "eagle3" if given.head is not None:
            findings += _head(f"{path}.model", given.target, given.head)
        case "mtp":
            findings += _mtp(f"{path}.type", given.target)
        case _:
            pass
    return findings


def draft_findings(path: str, target: Model, draft: Model, max_model_len: int) -> Iterator[Finding]:
    """Judge a model as the draft of another, without regard to how both are run; `path` names the draft."""
    if draft.vocabulary != target.vocabulary:
        message = (
            f"{draft.name} has {draft.vocabulary} tokens and {target.name} has {target.vocabulary}: what one proposes "
            "is not what the other reads"
        )
        remedy = "use a smaller model of the same family, with the same tokenizer"
        yield Finding("speculation.draft-vocabulary", path, message, remedy)
    if draft.parameters >= target.parameters:
        message = (
            f"{draft.name} has {_billions(draft)} parameters and {target.name} has {_billions(target)}: a draft that "
            "is no smaller than its target makes it slower"
        )
        yield Finding("speculation.draft-size", path, message, "use a smaller model of the same family")
    if draft.max_positions < max_model_len:
        message = f"{draft.name} has {draft.max_positions} positions, and requests have up to {max_model_len} tokens"
        remedy = f"use a draft with a longer context, or lower maxModelLen to {draft.max_positions}"
        yield Finding("speculation.draft-context", path, message, remedy)


def _sharding(path: str, draft: Model, tensor_parallel: int) -> Iterator[Finding]:
    if not divides(draft, tensor_parallel):
        message = (
            f"{draft.name} ({draft.heads} query heads, {draft.kv_heads} key-value heads) cannot be spread evenly over "
            f"{tensor_parallel} GPUs, and a draft is sharded as its target is"
        )
        remedy = f"set tensorParallel to one of {', '.join(map(str, divisors(draft)))}, or use another draft"
        yield Finding("speculation.sharding", path, message, remedy)


def _head(path: str, target: Model, head: EagleHead) -> Iterator[Finding]:
    if target.name in head.targets:
        return
    fitting = [name for name, known in EAGLE_HEADS.items() if target.name in known.targets]
    remedy = f"use {' or '.join(fitting)}" if fitting else "use the type draft-target or ngram"
    message = f"{head.name} was trained with {head.targets[0]}, whose hidden states it reads, not with {target.name}"
    yield Finding("speculation.head", path, message, remedy)


def _mtp(path: str, target: Model) -> Iterator[Finding]:
    if target.model_type not in MTP_MODEL_TYPES:
        message = f"{target.name} has no layers that predict several tokens; DeepSeek-V3 and R1 have"
        yield Finding("speculation.mtp", path, message, "use the type draft-target, eagle3 or ngram")


def _step(path: str, given: Speculation) -> Iterator[Finding]:
    """A step verifies the drafts of every request in the batch, and one token more of each."""
    verified = given.max_num_seqs * (1 + given.max_draft_len)
    if given.max_draft_len and verified > given.max_num_batched_tokens:
        most = given.max_num_batched_tokens // given.max_num_seqs - 1
        message = (
            f"{given.max_draft_len} drafted tokens and one more of each of {given.max_num_seqs} requests are "
            f"{verified} tokens a step, and a step has {given.max_num_batched_tokens}: the batch is never full"
        )
        remedy = f"write {most} or less, or lower maxNumSeqs" if most > 0 else "lower maxNumSeqs"
        yield Finding("speculation.step", f"{path}.maxDraftLen", message, remedy)


def _billions(model: Model) -> str:
    return f"{model.parameters / 1e9:.2f} billion"
