"""What each server of a stack can do and what the stack costs as replicas are added, as outputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from checks.capacity import Nodes, Rung, Server, capacity_ladder
from checks.cost import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A server among the others of its stack.

    Attributes:
        pool: where its pool is in the stack file.
        throughput: tokens a second that one replica generates, where a person states it.
        chips: accelerators of a replica.
        chips_of_node: accelerators of one machine of its pool.
        nodes: machines of its pool for so many replicas of it, while the pool's other servers have their fewest.
    """

    name: str
    pool: str
    min_replicas: int
    max_replicas: int
    throughput: float | None
    chips: int
    chips_of_node: int
    nodes: Callable[[int], int]


def capacity_figures(members: Sequence[Member], estimate: Estimate | None) -> dict[str, Any]:
    """Return the ladder of each server, by the number of replicas; what is not known is left out.

    Args:
        members: all servers of the stack.
        estimate: what the stack costs; None where nothing is known of it.
    """
    prices = {member.name: _usd_per_node(estimate, member.pool) for member in members}
    weights = {member.name: member.chips * (prices[member.name] or 0) / member.chips_of_node for member in members}
    fewest = {member.name: member.min_replicas * weights[member.name] for member in members}
    figures: dict[str, Any] = {}
    for member in members:
        server = Server(
            min_replicas=member.min_replicas,
            max_replicas=member.max_replicas,
            tokens_per_second=member.throughput,
            nodes=Nodes(count=member.nodes, usd_per_hour=prices[member.name]),
            usd_per_hour_beside=_usd_beside(estimate, member.pool),
            weight=weights[member.name] or 1,
            other_weight=sum(fewest.values()) - fewest[member.name],
        )
        figures[member.name] = {str(rung.replicas): _figures(rung) for rung in capacity_ladder(server)}
    return figures


def _figures(rung: Rung) -> dict[str, float]:
    known = {
        "nodes": rung.nodes,
        "usdPerHour": rung.usd_per_hour,
        "tokensPerSecond": rung.tokens_per_second,
        "usdPerMillionTokens": rung.usd_per_million_tokens,
    }
    return {name: round(value, 2) for name, value in known.items() if value is not None}


def _usd_per_node(estimate: Estimate | None, pool: str) -> float | None:
    """Return what a machine of a pool costs with its disks; None where its own price is not known."""
    lines = [line for line in estimate.lines if _of(pool, line.priced.path)] if estimate else []
    machine = next((line for line in lines if line.priced.path == pool), None)
    return sum(line.cost.ceiling for line in lines) / machine.priced.high if machine else None


def _usd_beside(estimate: Estimate | None, pool: str) -> float:
    if estimate is None:
        return 0
    return estimate.total.floor - sum(line.cost.floor for line in estimate.lines if _of(pool, line.priced.path))


def _of(pool: str, path: str) -> bool:
    return path == pool or path.startswith(f"{pool}.")
