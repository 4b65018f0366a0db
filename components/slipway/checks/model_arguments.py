"""Arguments that an engine knows and does not start with, for the model or the stack file lacks something."""

from collections.abc import Iterator, Sequence

from slipway.catalog.engines.flags import Flags
from slipway.checks import Finding
from slipway.checks.command_line import given


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
    on = {one.flag.name for one in given(words, flags) if one.flag and one.values != ("false",)}
    if "--enable-expert-parallel" in on and not experts:
        message = "--enable-expert-parallel spreads experts over chips, and the model has none: vLLM does not start"
        yield Finding("arguments.experts", path, message, "leave it out")
    if "--lora-modules" in on and not adapters:
        message = "--lora-modules names adapters, and no memory is kept for any: vLLM does not start"
        remedy = "write lora: {maxAdapters: 4, maxRank: 64} beside it, for the adapters that there are"
        yield Finding("arguments.adapters", path, message, remedy)
