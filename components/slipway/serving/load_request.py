"""What load clients send. Plain data: importing it loads no cloud SDK."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

PROMPT = "Write a story about San Francisco."
PROMPT_TOKENS = 8
"""Of the tokenizers of the catalog's models, with the one that begins a text; others have a few more or fewer."""


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """A request that is sent again and again.

    Attributes:
        path: where it goes, from the root of the server.
        body: what is posted, as JSON.
    """

    path: str
    body: Mapping[str, JsonValue]
