"""A Prometheus histogram that takes many equal observations at once."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Upper bounds of an engine's histograms, in seconds.

    Attributes:
        first_token: of the time to the first token.
        inter_token: of the time between tokens.
    """

    first_token: Sequence[float]
    inter_token: Sequence[float]


class Histogram:
    """Counts of observations by upper bound, as `prometheus_client.Histogram` keeps them one at a time."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self.total = 0.0

    def observe(self, value: float, times: int = 1) -> None:
        """Add `times` observations of one value."""
        self._counts[bisect_left(self._bounds, value)] += times
        self.total += value * times

    @property
    def count(self) -> int:
        """All observations."""
        return sum(self._counts)

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative counts by the label `le`, `+Inf` last."""
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        return [(name, float(count)) for name, count in zip(names, accumulate(self._counts), strict=True)]
