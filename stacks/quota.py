"""What a person states of the account's quotas, and what a stack's pools take of them."""

from typing import cast

from checks import Finding
from checks.quota import Key, Taken, quota_findings
from checks.settings import Count, Settings


class _Quota(Settings):
    def findings(self, pools: list[Taken]) -> list[Finding]:
        """Compare the pools' maxima with the quotas that are stated, and with their reservations."""
        stated = self.model_dump(by_alias=True, exclude_none=True)
        return quota_findings(cast("dict[Key, int]", stated), pools)


class Ec2Quota(_Quota):
    """vCPUs that the account may run in the region, as Service Quotas shows them; what is left out is not judged."""

    on_demand_g_and_vt: Count | None = None
    """"Running On-Demand G and VT instances"; reservations count, too."""
    on_demand_p: Count | None = None
    """"Running On-Demand P instances"; reservations count, too, and capacity blocks do not."""
    on_demand_standard: Count | None = None
    """"Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances": the system pool."""
    spot_g_and_vt: Count | None = None
    """"All G and VT Spot Instance Requests"."""
    spot_p4: Count | None = None
    """"All P4, P3 and P2 Spot Instance Requests"."""
    spot_p5: Count | None = None
    """"All P5 Spot Instance Requests"."""


class TpuQuota(_Quota):
    """TPU chips that the project may have in the region, in the quotas of Compute Engine; what is left out is not
    judged."""

    on_demand_tpu_v5e: Count | None = None
    """`TPU_LITE_PODSLICE_V5`; reservations count, too."""
    on_demand_tpu_v5p: Count | None = None
    """`TPU_V5P`; reservations count, too."""
    on_demand_tpu_v6e: Count | None = None
    """`TPUS_PER_TPU_FAMILY` of family CT6E; reservations count, too."""
    on_demand_tpu_v7x: Count | None = None
    """`TPUS_PER_TPU_FAMILY` of family TPU7X; reservations count, too."""
    preemptible_tpu_v5e: Count | None = None
    """`PREEMPTIBLE_TPU_LITE_PODSLICE_V5`, for spot and flex-start nodes."""
    preemptible_tpu_v5p: Count | None = None
    """`PREEMPTIBLE_TPU_V5P`, for spot and flex-start nodes."""
    preemptible_tpu_v6e: Count | None = None
    """`PREEMPTIBLE_TPU_V6E`, for spot and flex-start nodes."""
    preemptible_tpu_v7x: Count | None = None
    """`PREEMPTIBLE_TPU7X`, for spot and flex-start nodes."""
