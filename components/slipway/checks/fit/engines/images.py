"""Whether a step has room for an image or a video, where an engine takes one whole."""

from typing import TYPE_CHECKING

from slipway.checks import Finding

if TYPE_CHECKING:
    from slipway.checks.fit.replica import Replica


def whole_item_findings(path: str, replica: "Replica") -> list[Finding]:
    """Refuse fewer tokens a step than one item of the model takes.

    vLLM does not start then: "Chunked MM input disabled but max_tokens_per_mm_item (2496) is larger than
    max_num_batched_tokens (2048)" (vllm-project/recipes#441; vllm/v1/core/encoder_cache_manager.py). It raises its own
    default where nobody sets one.
    """
    vision, tokens = replica.model.vision, replica.max_num_batched_tokens
    if vision is None or vision.item_tokens is None or tokens is None or tokens >= vision.item_tokens:
        return []
    message = (
        f"{tokens} tokens a step, and {replica.model.name} reads an image or video of up to {vision.item_tokens} "
        "tokens in one: the engine does not start"
    )
    return [Finding("fit.image-tokens", f"{path}.{replica.tokens_key}", message, f"write {vision.item_tokens} or more")]
