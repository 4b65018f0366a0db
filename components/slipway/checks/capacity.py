"""What a server can do and what its stack costs as its autoscaler adds replicas.

The throughput of a replica is stated by whoever measured it; nothing here predicts it, and replicas are taken to add
up.
"""

from collections.abc import Callable
from dataclasses import dataclass

from slipway.checks.cost import usd_per_million_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One number of replicas.

    Attributes:
        replicas: how many serve.
        nodes: machines of the server's pool that are paid for.
        usd_per_hour: the whole stack, while its other servers have their fewest replicas; None without a price.
        tokens_per_second: of all replicas together; None where nobody states a replica's.
        usd_per_million_tokens: at full load, of the server's share of the stack; None where one of both is missing.
    """

    replicas: int
    nodes: int
    usd_per_hour: float | None
    tokens_per_second: float | None
    usd_per_million_tokens: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """The nodes of a server's pool, by the server's replicas.

    Attributes:
        count: machines for so many replicas, while the pool's other servers have their fewest.
        usd_per_hour: of one machine, with its disks; None without a price.
    """

    count: Callable[[int], int]
    usd_per_hour: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server as its cost and its capacity see it.

    Attributes:
        min_replicas: fewest replicas.
        max_replicas: most replicas.
        tokens_per_second: what one replica was measured to generate, if it was.
        nodes: those of its pool.
        usd_per_hour_beside: what the stack costs without them, while its other servers have their fewest replicas.
        weight: what the chips of a replica cost; servers share the stack's cost by it.
        other_weight: that of all replicas of the other servers, at their fewest.
    """

    min_replicas: int
    max_replicas: int
    tokens_per_second: float | None = None
    nodes: Nodes
    usd_per_hour_beside: float = 0
    weight: float = 1
    other_weight: float = 0

    def __post_init__(self) -> None:
        if not 1 <= self.min_replicas <= self.max_replicas:
            raise ValueError(f"{self.min_replicas} to {self.max_replicas} replicas is not a range")

    def rung(self, replicas: int) -> Rung:
        """Return what so many replicas do and cost."""
        nodes, price = self.nodes.count(replicas), self.nodes.usd_per_hour
        usd = None if price is None else nodes * price + self.usd_per_hour_beside
        tokens = None if self.tokens_per_second is None else replicas * self.tokens_per_second
        share = replicas * self.weight / (replicas * self.weight + self.other_weight)
        per_million = None
        if usd is not None and tokens is not None:
            per_million = usd_per_million_tokens(usd * share, tokens)
        return Rung(
            replicas=replicas,
            nodes=nodes,
            usd_per_hour=usd,
            tokens_per_second=tokens,
            usd_per_million_tokens=per_million,
        )


def capacity_ladder(server: Server) -> tuple[Rung, ...]:
    """Return the rungs from the fewest replicas to the most, each with twice the replicas of the one below."""
    counts = [server.min_replicas]
    while counts[-1] < server.max_replicas:
        counts.append(min(2 * counts[-1], server.max_replicas))
    return tuple(server.rung(replicas) for replicas in counts)
