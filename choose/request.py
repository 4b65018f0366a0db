"""What a person asks for before there is a stack file."""

from dataclasses import dataclass
from typing import Literal

Cloud = Literal["any", "gke", "eks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A model under a load.

    Attributes:
        model: its name on Hugging Face; one of the catalog's.
        context: most tokens of a request, prompt and answer together.
        requests: requests of that length that are under way at once.
        tokens_per_second: tokens that all replicas together are to generate in a second, by the model of a step's time;
            None where that does not matter.
        cloud: where; `any` for the cheapest of all.
        spot: whether nodes may be taken back at any time.
        source_ranges: address ranges that reach the server from the internet; none for a server inside its cluster.
    """

    model: str
    context: int
    requests: int
    tokens_per_second: float | None = None
    cloud: Cloud = "any"
    spot: bool = False
    source_ranges: tuple[str, ...] = ()
