"""What was seen of one update, from its begin until all servers that stay were Ready again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rehearsal.engine.fleet import Tally
from rehearsal.story.verdict import duration
from rehearsal.updates.update import Update


@dataclass(slots=True)
class Passage:
    """What was seen of one update.

    Attributes:
        update: what the engine said.
        away: modelled seconds for which a server that stays had no Ready replica, by name.
        tally: what became of requests, over all servers.
        nodes: the most nodes of each pool at once.
        usd_per_hour: the most that all nodes of servers cost at once, by list prices; what has none is not in it.
        settled: whether all servers were Ready at the end.
    """

    update: Update
    away: dict[str, float] = field(default_factory=dict[str, float])
    tally: Tally = field(default_factory=Tally)
    nodes: dict[str, int] = field(default_factory=dict[str, int])
    usd_per_hour: float = 0.0
    settled: bool = False

    @property
    def ok(self) -> bool:
        """Whether the update came to its end and all servers with it."""
        return self.settled and not self.update.failed

    def lines(self) -> Iterator[str]:
        """Yield what a person is told."""
        counts = ", ".join(f"{count} {operation}" for operation, count in sorted(self.update.operations.items()))
        yield f"`pulumi up`: {counts or 'nothing changed'}"
        yield from (f"  error: {error}" for error in self.update.errors)
        yield from (f"  {step.operation} {step.name}" for step in self.update.steps if "replace" in step.operation)
        tally = self.tally
        yield f"requests: {tally.answered} answered, {tally.refused:.0f} refused, {tally.cut_off} cut off"
        for server, seconds in self.away.items():
            yield f"{server}: without a Ready replica for {duration(seconds)}"
        nodes = ", ".join(f"{pool} {count}" for pool, count in self.nodes.items())
        yield f"most nodes at once: {nodes}; those of servers for {self.usd_per_hour:.2f} USD an hour"
        if not self.settled:
            yield "not all servers became Ready again"
