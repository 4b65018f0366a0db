"""How an engine lays a model's KV cache out on one chip: pages, windows, states."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class KvLayout:
    """The cache of one model on one chip.

    Attributes:
        full: bytes of a token in the layers that attend to everything.
        windowed: bytes of a token in the layers with a sliding window, where the engine frees what lies before it.
        window: that window, tokens; 0 where the engine keeps everything.
        chunk: most tokens that are on their way at once, and kept beside the window.
        page: tokens of a page.
        window_page: tokens of a page in the layers with a window; 0 for as many.
        state: bytes of a request that do not grow with its tokens.
    """

    full: int
    page: int
    windowed: int = 0
    window: int = 0
    chunk: int = 0
    window_page: int = 0
    state: int = 0

    @property
    def linear(self) -> bool:
        """Whether a request takes as many bytes for each of its tokens."""
        return not (self.window or self.state)

    def request_bytes(self, tokens: int) -> int:
        """Return the bytes of one request of this many tokens.

        A layer with a window holds the window and the tokens on their way, and one page more since windows start within
        a page (vllm/v1/kv_cache_interface.py); so vLLM asked for 4.54 GiB for 131072 tokens of gpt-oss-120b, 4.50 of
        them in the other layers (vllm#27508).
        """
        total = ceil(tokens / self.page) * self.page * self.full + self.state
        if self.window:
            page = self.window_page or self.page
            held = min(self.window - 1 + self.chunk, tokens)
            total += (ceil(held / page) + 1) * page * self.windowed
        return total


def up(value: int, multiple: int) -> int:
    """Return the smallest multiple that is not below a value."""
    return ceil(value / multiple) * multiple
