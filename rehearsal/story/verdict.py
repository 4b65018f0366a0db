"""What a story found: what held, and where it did not, the link of the chain that broke."""

from dataclasses import dataclass
from enum import StrEnum


class Link(StrEnum):
    """What must hold for load to become replicas, in the order in which it is looked at."""

    REFUSED = "object refused"
    NO_PODS = "no pods"
    NO_NODE_FITS = "no node fits"
    NOT_READY = "not ready"
    NOT_SCRAPED = "not scraped"
    NOT_KEPT = "series not kept"
    SERIES_MISSING = "series missing"
    LABEL_LOST = "label lost"
    ADAPTER_SILENT = "adapter does not answer"
    NO_METRIC = "adapter has no metric"
    HPA_CANNOT_READ = "HPA cannot read"
    LOAD_LOST = "load does not arrive"
    BELOW_TARGET = "signal stays below the target"
    HPA_STILL = "HPA does not move"
    NOT_DRAINED = "node cannot be drained"
    NODES_STAY = "nodes stay"
    UNSETTLED = "second update changes"
    NOT_RESTORED = "lost object not restored"
    LEFT_BEHIND = "objects left"
    API_SERVER = "API server does not answer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was to be shown.

    Attributes:
        text: a sentence about what held, or why it did not.
        broken: the link that broke; None if all is well.
    """

    text: str
    broken: Link | None = None

    @property
    def ok(self) -> bool:
        """Whether it held."""
        return self.broken is None


def duration(seconds: float) -> str:
    """Return a duration for people: `45 s`, `12 min`."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
