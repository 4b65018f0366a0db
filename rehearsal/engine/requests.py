"""What a batching engine is bounded by, and what passes through it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an engine was started with.

    Attributes:
        slots: most requests in a batch.
        step_tokens: most tokens of one step.
        blocks: blocks of the KV cache.
        block_tokens: tokens of one block.
        step_seconds: duration of a step by the tokens that it computes.

    Raises:
        ValueError: a step has fewer tokens than the batch has slots; vLLM does not start so.
    """

    slots: int
    step_tokens: int
    blocks: int
    block_tokens: int
    step_seconds: Callable[[int], float]

    def __post_init__(self) -> None:
        if self.step_tokens < self.slots:
            raise ValueError(f"a step of {self.step_tokens} tokens is too small for {self.slots} requests in a batch")

    def blocks_for(self, tokens: int) -> int:
        """Return the blocks that a request of so many tokens holds."""
        return math.ceil(tokens / self.block_tokens)


@dataclass(slots=True, kw_only=True)
class Request:
    """A request, from its arrival to its last token.

    Attributes:
        prompt: tokens of the prompt.
        answer: tokens that are to be generated, at least one.
        arrived: engine time, seconds.
        uncomputed: tokens to compute before the next one can be generated.
        remaining: tokens still to be generated, as of the last time that it began to decode.
    """

    prompt: int
    answer: int
    arrived: float
    uncomputed: int = field(init=False)
    remaining: int = field(init=False)

    def __post_init__(self) -> None:
        self.uncomputed, self.remaining = self.prompt, self.answer


@dataclass(slots=True)
class Plan:
    """The steps under way: one with prompts in it, or some that only decode and are alike."""

    begin: float
    duration: float
    steps: int
    chunks: Sequence[tuple[Request, int]] = ()

    @property
    def end(self) -> float:
        """When the last of them ends."""
        return self.begin + self.steps * self.duration
