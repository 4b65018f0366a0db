"""What a person states of a Google Cloud project's quotas."""

from slipway.checks.settings import Count
from stacks.quota import StatedQuota


class GkeQuota(StatedQuota):
    """Chips that the project may have in the region, as the quotas of Compute Engine say; what is left out is not
    judged. Reservations count against on-demand quotas, spot and flex-start nodes against preemptible ones."""

    on_demand_tpu_v5e: Count | None = None
    """`TPU_LITE_PODSLICE_V5`."""
    on_demand_tpu_v5p: Count | None = None
    """`TPU_V5P`."""
    on_demand_tpu_v6e: Count | None = None
    """`TPUS_PER_TPU_FAMILY` of family CT6E."""
    on_demand_tpu_v7x: Count | None = None
    """`TPUS_PER_TPU_FAMILY` of family TPU7X."""
    on_demand_l4: Count | None = None
    """`NVIDIA_L4_GPUS`."""
    on_demand_a100: Count | None = None
    """`NVIDIA_A100_GPUS`."""
    on_demand_a100_80gb: Count | None = None
    """`NVIDIA_A100_80GB_GPUS`."""
    on_demand_h100: Count | None = None
    """`GPUS_PER_GPU_FAMILY` of family NVIDIA_H100."""
    on_demand_h100_mega: Count | None = None
    """`GPUS_PER_GPU_FAMILY` of family NVIDIA_H100_MEGA."""
    on_demand_h200: Count | None = None
    """`GPUS_PER_GPU_FAMILY` of family NVIDIA_H200."""
    on_demand_b200: Count | None = None
    """`GPUS_PER_GPU_FAMILY` of family NVIDIA_B200."""
    preemptible_tpu_v5e: Count | None = None
    """`PREEMPTIBLE_TPU_LITE_PODSLICE_V5`."""
    preemptible_tpu_v5p: Count | None = None
    """`PREEMPTIBLE_TPU_V5P`."""
    preemptible_tpu_v6e: Count | None = None
    """`PREEMPTIBLE_TPU_V6E`."""
    preemptible_tpu_v7x: Count | None = None
    """`PREEMPTIBLE_TPU7X`."""
    preemptible_l4: Count | None = None
    """`PREEMPTIBLE_NVIDIA_L4_GPUS`."""
    preemptible_a100: Count | None = None
    """`PREEMPTIBLE_NVIDIA_A100_GPUS`."""
    preemptible_a100_80gb: Count | None = None
    """`PREEMPTIBLE_NVIDIA_A100_80GB_GPUS`."""
    preemptible_h100: Count | None = None
    """`PREEMPTIBLE_NVIDIA_H100_GPUS`."""
    preemptible_h100_mega: Count | None = None
    """`PREEMPTIBLE_NVIDIA_H100_MEGA_GPUS`."""
    preemptible_h200: Count | None = None
    """`PREEMPTIBLE_NVIDIA_H200_GPUS`."""
    preemptible_b200: Count | None = None
    """`PREEMPTIBLE_NVIDIA_B200_GPUS`."""
