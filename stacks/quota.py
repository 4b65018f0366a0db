"""What a person states of an account's quotas, and what a stack's pools take of them."""

from typing import cast

from checks import Finding
from checks.quota import Key, Taken, quota_findings
from checks.settings import Settings


class StatedQuota(Settings):
    """Quotas by key; what is left out is not judged."""

    def findings(self, pools: list[Taken]) -> list[Finding]:
        """Compare the pools' maxima with the quotas that are stated, and with their reservations."""
        stated = self.model_dump(by_alias=True, exclude_none=True)
        return quota_findings(cast("dict[Key, int]", stated), pools)
