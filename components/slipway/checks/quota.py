"""Whether the nodes of a stack can come: pool maxima against the account's quotas and against reservations.

Quotas and the sizes of reservations are what the stack file states; what else the account runs is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slipway.catalog.quotas import QUOTAS, Key
from slipway.checks import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What the nodes of a pool take of a quota at the pool's maximum.

    Attributes:
        path: where the pool is in the stack file.
        quota: the quota's key under `quota`; None where its nodes take none.
        nodes: most nodes.
        each: what one node takes.
        reserved_nodes: nodes of the reservation that the pool's nodes come from, where the stack file states them.
    """

    path: str
    quota: Key | None
    nodes: int
    each: int
    reserved_nodes: int | None = None


def quota_findings(stated: Mapping[Key, int], pools: Sequence[Taken]) -> list[Finding]:
    """Compare pools with the stated quotas, summed over the pools that share one, and with their reservations."""
    findings = [
        Finding(
            "quota.reservation",
            f"{pool.path}.maxNodes",
            f"{pool.nodes} nodes are more than the {pool.reserved_nodes} of the reservation: the others never start",
            f"write {pool.reserved_nodes}, or enlarge the reservation and state its size",
        )
        for pool in pools
        if pool.reserved_nodes is not None and pool.nodes > pool.reserved_nodes
    ]
    for key, limit in stated.items():
        sharing = [pool for pool in pools if pool.quota == key]
        wanted, quota = sum(pool.nodes * pool.each for pool in sharing), QUOTAS[key]
        if wanted <= limit:
            continue
        each = " + ".join(f"{pool.path.rpartition('.')[2]} {pool.nodes} x {pool.each}" for pool in sharing)
        message = (
            f"{wanted} {quota.unit} are taken at most ({each}), and {quota.name!r} allows {limit}: the last nodes "
            "never start"
        )
        remedy = f"lower maxNodes, or have it raised to {wanted} ({quota.where}) and state it here"
        findings.append(Finding("quota.exceeded", f"quota.{key}", message, remedy))
    return findings
