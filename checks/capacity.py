"""What a server can do and what it costs as its autoscaler adds replicas.

The throughput of a replica is stated by whoever measured it; nothing here predicts it, and replicas are taken to add
up.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from checks.cost import usd_per_million_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One number of replicas.

    Attributes:
        replicas: how many serve.
        nodes: machines that are paid for.
        tokens_per_second: of all replicas together.
        usd_per_hour: the nodes and what is paid regardless.
        usd_per_million_tokens: at full load; None without a replica.
    """

    replicas: int
    nodes: int
    tokens_per_second: float
    usd_per_hour: float
    usd_per_million_tokens: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server as its cost and its capacity see it.

    Attributes:
        min_replicas: fewest replicas.
        max_replicas: most replicas.
        tokens_per_second: what one replica was measured to generate under the load in question.
        nodes_per_replica: 2 for a replica on two machines, `Fraction(1, 4)` for four replicas on one.
        min_nodes: machines that the pool keeps however few replicas there are.
        usd_per_node_hour: price of one machine.
        usd_per_hour_beside: what is paid regardless: control plane, load balancers, storage.
    """

    min_replicas: int
    max_replicas: int
    tokens_per_second: float
    nodes_per_replica: Fraction = Fraction(1)
    min_nodes: int = 0
    usd_per_node_hour: float
    usd_per_hour_beside: float = 0

    def __post_init__(self) -> None:
        if not 0 <= self.min_replicas <= self.max_replicas or self.max_replicas == 0:
            raise ValueError(f"{self.min_replicas} to {self.max_replicas} replicas is not a range")
        if self.tokens_per_second <= 0 or self.nodes_per_replica <= 0:
            raise ValueError(
                f"{self.tokens_per_second} tokens a second on {self.nodes_per_replica} nodes: both must be positive"
            )

    def rung(self, replicas: int) -> Rung:
        """Return what so many replicas do and cost."""
        nodes = max(ceil(replicas * self.nodes_per_replica), self.min_nodes)
        usd_per_hour = nodes * self.usd_per_node_hour + self.usd_per_hour_beside
        throughput = replicas * self.tokens_per_second
        return Rung(
            replicas=replicas,
            nodes=nodes,
            tokens_per_second=throughput,
            usd_per_hour=usd_per_hour,
            usd_per_million_tokens=usd_per_million_tokens(usd_per_hour, throughput) if replicas else None,
        )


def capacity_ladder(server: Server) -> tuple[Rung, ...]:
    """Return the rungs from the fewest replicas to the most, each with twice the replicas of the one below."""
    counts = [server.min_replicas]
    while counts[-1] < server.max_replicas:
        counts.append(min(max(2 * counts[-1], 1), server.max_replicas))
    return tuple(server.rung(replicas) for replicas in counts)
