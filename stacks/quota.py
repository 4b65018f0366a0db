"""What a person states of an account's quotas, and what a stack's pools take of them."""

from collections.abc import Iterable, Iterator
from typing import cast

from slipway.catalog.quotas import Key, taken_of
from slipway.checks import Finding
from slipway.checks.placement import Pool
from slipway.checks.quota import Taken, quota_findings
from slipway.checks.settings import Settings


class StatedQuota(Settings):
    """Quotas by key; what is left out is not judged."""

    def findings(self, taken: Iterable[Taken]) -> list[Finding]:
        """Compare the pools' maxima with the quotas that are stated, and with their reservations."""
        stated = self.model_dump(by_alias=True, exclude_none=True)
        return quota_findings(cast("dict[Key, int]", stated), list(taken))


def pools_take(pools: Iterable[Pool]) -> Iterator[Taken]:
    """Yield what the nodes of pools take of each quota; of several machine types, as if all nodes were of the one that
    takes most of it."""
    for pool in pools:
        none: dict[Key | None, int] = {None: 0}
        for quota, each in (taken_of(pool.machines, pool.purchase) or none).items():
            reserved = pool.reserved_nodes
            yield Taken(path=pool.path, quota=quota, nodes=pool.max_nodes, each=each, reserved_nodes=reserved)
