"""TPU chips and GPUs: memory, peak rates and the names that nodes have for them.

Memory is what programs get, GiB. TPUs: of v6e 31.25, of 32 GB as sold. GPUs, by CUDA: of A10G that of an A10
(OpenBMB/MiniCPM-V#640), of L4 rhymes-ai/Aria#24, of L40S vllm#15598, of H100 llm-d-planner, of H200 Slipway's own
measurement.

Peak rates. TPU: https://docs.cloud.google.com/tpu/docs/v6e, "System architecture"; GPUs: NVIDIA's data sheets, without
sparsity, of the A10G the 70 teraflops that AWS states for g5. Compute capability: developer.nvidia.com/cuda-gpus.
"""

from dataclasses import dataclass
from typing import Literal

TPU_RESOURCE = "google.com/tpu"
"""The extended resource of a TPU chip; GKE taints TPU nodes with this key, value `present`."""

GPU_RESOURCE = "nvidia.com/gpu"
"""The extended resource of a GPU, and the key of the taint that GPU nodes carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One TPU chip or GPU.

    Attributes:
        label: what its nodes say of it: of a TPU the value of `cloud.google.com/gke-tpu-accelerator`, of a GPU that of
            `nvidia.com/gpu.product`, which GPU feature discovery sets.
        memory_gib: memory that its runtime or driver reports to programs, GiB.
        flops: dense bfloat16 operations a second at peak.
        bandwidth: bytes a second from its memory at peak.
        compute_capability: of a GPU, major and minor number of what its cores can do.
        memory_mib: of a GPU, the memory that EC2 reports, MiB.
    """

    name: str
    kind: Literal["tpu", "gpu"]
    label: str
    memory_gib: float
    flops: float
    bandwidth: float
    compute_capability: tuple[int, int] = (0, 0)
    memory_mib: int = 0

    @property
    def resource(self) -> str:
        """The extended resource by which pods ask for it."""
        return TPU_RESOURCE if self.kind == "tpu" else GPU_RESOURCE


V6E = Chip(name="v6e", kind="tpu", label="tpu-v6e-slice", memory_gib=31.25, flops=918e12, bandwidth=1638e9)

A10G = Chip(
    name="a10g",
    kind="gpu",
    label="NVIDIA-A10G",
    memory_gib=22.18,
    flops=70e12,
    bandwidth=600e9,
    compute_capability=(8, 6),
    memory_mib=22888,
)
L4 = Chip(
    name="l4",
    kind="gpu",
    label="NVIDIA-L4",
    memory_gib=21.96,
    flops=121e12,
    bandwidth=300e9,
    compute_capability=(8, 9),
    memory_mib=22888,
)
L40S = Chip(
    name="l40s",
    kind="gpu",
    label="NVIDIA-L40S",
    memory_gib=44.53,
    flops=362e12,
    bandwidth=864e9,
    compute_capability=(8, 9),
    memory_mib=45776,
)
H100 = Chip(
    name="h100",
    kind="gpu",
    label="NVIDIA-H100-80GB-HBM3",
    memory_gib=79.18,
    flops=989e12,
    bandwidth=3350e9,
    compute_capability=(9, 0),
    memory_mib=81920,
)
H200 = Chip(
    name="h200",
    kind="gpu",
    label="NVIDIA-H200",
    memory_gib=139.8,
    flops=989e12,
    bandwidth=4800e9,
    compute_capability=(9, 0),
    memory_mib=144384,
)
