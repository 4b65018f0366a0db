"""Arguments that an engine knows and does not start with, for the model or the stack file lacks something."""

from collections.abc import Iterator, Sequence

from slipway.catalog.architecture import Model
from slipway.catalog.engines.flags import Flags
from slipway.checks import Finding
from slipway.checks.command_line import given, switched_on


def bound_findings(
    path: str, words: Sequence[str], flags: Flags, *, adapters: int | None, longest: int
) -> Iterator[Finding]:
    """Judge numbers on vLLM's command line that have to suit those of the stack file.

    Sources: vllm/config/lora.py and vllm/config/scheduler.py, which end the server.

    Args:
        path: where the words are in the stack file.
        adapters: most adapters on a chip at once, where there are any.
        longest: most tokens of a request.
    """
    for one in given(words, flags):
        name, text = one.flag.name if one.flag else "", one.values[0] if one.values else None
        number = int(text) if text and text.lstrip("-").isdigit() else None
        if name == "--max-cpu-loras" and adapters and number is not None and number < adapters:
            message = f"{name} {number} is below lora.maxAdapters {adapters}: vLLM does not start"
            yield Finding("arguments.value", path, message, f"write {adapters} or more")
        if name == "--long-prefill-token-threshold" and number is not None and number > longest:
            message = f"{name} {number} is above maxModelLen {longest}: vLLM does not start"
            yield Finding("arguments.value", path, message, f"write {longest} or less")


def unmet_findings(
    path: str, words: Sequence[str], flags: Flags, *, experts: bool, adapters: bool
) -> Iterator[Finding]:
    """Judge words of vLLM's command line.

    Sources: vllm/config/model.py, `_verify_with_expert_parallelism`; vllm/entrypoints/openai/models/serving.py,
    `init_static_loras`, which ends the server where an adapter cannot be loaded.

    Args:
        path: where they are in the stack file.
        experts: whether the model has experts.
        adapters: whether memory is kept for adapters.
    """
    on = switched_on(given(words, flags))
    if "--enable-expert-parallel" in on and not experts:
        message = "--enable-expert-parallel spreads experts over chips, and the model has none: vLLM does not start"
        yield Finding("arguments.experts", path, message, "leave it out")
    if "--lora-modules" in on and not adapters:
        message = "--lora-modules names adapters, and no memory is kept for any: vLLM does not start"
        remedy = "write lora: {maxAdapters: 4, maxRank: 64} beside it, for the adapters that there are"
        yield Finding("arguments.adapters", path, message, remedy)


def expert_findings(
    path: str, name: str, parts: object, *, chips: int, experts: bool, engine: str
) -> Iterator[Finding]:
    """Judge into how many parts a mixture of experts is divided.

    Sources: tensorrt_llm/mapping.py; sglang/srt/distributed/parallel_state.py of SGLang 0.5.23, which divides the chips
    of a layer by it and, of a dense model, makes groups that nothing uses.

    Args:
        path: where it is in the stack file.
        name: what the engine calls it.
        parts: the value; judged by the tables of flags where it is no number.
        chips: those over which a layer is spread.
        experts: whether the model has experts.
        engine: its name.
    """
    number = int(str(parts)) if str(parts).isdigit() else 0
    if number > 0 and chips % number:
        message = f"{name} {number} does not divide tensorParallel, {chips}: {engine} does not start"
        yield Finding("arguments.experts", path, message, f"write {chips}, or less")
    elif number > 1 and not experts:
        message = f"{name} spreads experts over chips, and the model has none: it changes nothing"
        yield Finding("arguments.no-experts", path, message, "leave it out", "warning")


def value_of(words: Sequence[str], flags: Flags, name: str) -> str | None:
    """Return what a flag is given last on a command line; None where it is not given, or given nothing."""
    values = [one.values[-1] for one in given(words, flags) if one.flag and one.flag.name == name and one.values]
    return values[-1] if values else None


def has_experts(model: Model) -> bool:
    """Return whether a model may have experts: of one that is described by numbers nobody says so."""
    return model.experts is not None or model.model_type == "other"
