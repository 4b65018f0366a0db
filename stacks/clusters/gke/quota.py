"""What a person states of a Google Cloud project's quotas."""

from checks.settings import Count
from stacks.quota import StatedQuota


class GkeQuota(StatedQuota):
    """TPU v6e chips that the project may have in the region, in the quotas of Compute Engine for family CT6E; what is
    left out is not judged."""

    on_demand_tpus: Count | None = None
    """`TPUS_PER_TPU_FAMILY`; reservations count, too."""
    preemptible_tpus: Count | None = None
    """The preemptible counterpart, for spot and flex-start nodes."""
