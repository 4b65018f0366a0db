"""What a person decides about an SGLang server. Plain data: importing it loads no cloud SDK."""

from slipway.checks.settings import Share
from slipway.serving.engine_settings import EngineArgs


class SgLangArgs(EngineArgs):
    """One model, served by SGLang."""

    memory_utilization: Share | None = None
    """Share of a GPU's memory that weights and KV cache take (`--mem-fraction-static`); what it leaves has to hold
    activations and CUDA graphs. What SGLang's own rule gives when left out."""
