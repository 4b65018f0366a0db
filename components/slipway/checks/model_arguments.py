"""Arguments that an engine knows and does not start with, for the model or the stack file lacks something."""

from collections.abc import Iterator, Sequence

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
