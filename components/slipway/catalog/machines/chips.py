"""TPU chips and GPUs: memory, peak rates and the names that nodes have for them.

Memory that programs get. TPUs, by XLA's message "Used … of … hbm": v5e 15.75 GiB, v5p 95.74, v6e 31.25; v7x 94.75 for
each of a chip's two TensorCores, which are devices of their own (vllm-project/tpu-inference:tpu_inference/utils.py@
b8692ff01f). GPUs, by CUDA: of A10G that of an A10 (OpenBMB/MiniCPM-V#640), of L4 rhymes-ai/Aria#24, of L40S vllm#15598,
of A100 40 GB vllm#16570, of H100 llm-d-planner, of H200 Slipway's own measurement, of A100 80 GB, RTX PRO 6000 and B200
what PyTorch's message "GPU 0 has a total capacity of …" says in many public logs.

Peak rates. TPU: docs.cloud.google.com/tpu/docs/{v5e,v5p,v6e,tpu7x}, "System architecture" (bandwidth of v7x: Google's
announcement of Ironwood); GPUs: NVIDIA's data sheets, without sparsity, of the A10G the 70 teraflops that AWS states
for g5. Compute capability: developer.nvidia.com/cuda-gpus. Labels: GPU feature discovery and the GKE pages "About TPUs
in GKE" and "About GPUs in GKE".
"""

from dataclasses import dataclass, replace
from typing import Literal

TPU_RESOURCE = "google.com/tpu"
"""The extended resource of a TPU chip; GKE taints TPU nodes with this key, value `present`."""

GPU_RESOURCE = "nvidia.com/gpu"
"""The extended resource of a GPU; Slipway's EC2 nodes and GKE's carry a taint with this key, value `present`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One TPU chip or GPU.

    Attributes:
        label: what its nodes say of it: of a TPU the value of `cloud.google.com/gke-tpu-accelerator`, of a GPU that of
            `nvidia.com/gpu.product`, which GPU feature discovery sets.
        memory_gib: memory that its runtime or driver reports to programs, GiB.
        flops: dense bfloat16 operations a second at peak.
        bandwidth: bytes a second from its memory at peak.
        devices: devices that programs see of it, each with its part of the memory; tensor parallelism counts these.
        compute_capability: of a GPU, major and minor number of what its cores can do.
        memory_mib: of a GPU that EC2 has, the memory that EC2 reports, MiB.
        gke_label: of a GPU that GKE has, the value of `cloud.google.com/gke-accelerator`.
    """

    name: str
    kind: Literal["tpu", "gpu"]
    label: str
    memory_gib: float
    flops: float
    bandwidth: float
    devices: int = 1
    compute_capability: tuple[int, int] = (0, 0)
    memory_mib: int = 0
    gke_label: str = ""

    @property
    def resource(self) -> str:
        """The extended resource by which pods ask for it."""
        return TPU_RESOURCE if self.kind == "tpu" else GPU_RESOURCE

    @property
    def device(self) -> "Chip":
        """One of its devices, with its part of the memory and of the rates: mostly the chip itself."""
        if self.devices == 1:
            return self
        return replace(
            self,
            memory_gib=self.memory_gib / self.devices,
            flops=self.flops / self.devices,
            bandwidth=self.bandwidth / self.devices,
            devices=1,
        )


def _tpu(name: str, label: str, memory_gib: float, teraflops: float, gigabytes_s: float, devices: int = 1) -> Chip:
    return Chip(
        name=name,
        kind="tpu",
        label=label,
        memory_gib=memory_gib,
        flops=teraflops * 1e12,
        bandwidth=gigabytes_s * 1e9,
        devices=devices,
    )


def _gpu(
    name: str,
    label: str,
    gke_label: str,
    memory_gib: float,
    memory_mib: int,
    teraflops: float,
    gigabytes_s: float,
    compute_capability: tuple[int, int],
) -> Chip:
    return Chip(
        name=name,
        kind="gpu",
        label=label,
        memory_gib=memory_gib,
        flops=teraflops * 1e12,
        bandwidth=gigabytes_s * 1e9,
        compute_capability=compute_capability,
        memory_mib=memory_mib,
        gke_label=gke_label,
    )


V5E = _tpu("v5e", "tpu-v5-lite-podslice", 15.75, 197, 819)
V5P = _tpu("v5p", "tpu-v5p-slice", 95.74, 459, 2765)
V6E = _tpu("v6e", "tpu-v6e-slice", 31.25, 918, 1638)
V7X = _tpu("v7x", "tpu7x", 189.5, 2307, 7370, devices=2)

A10G = _gpu("a10g", "NVIDIA-A10G", "", 22.18, 22888, 70, 600, (8, 6))
L4 = _gpu("l4", "NVIDIA-L4", "nvidia-l4", 21.96, 22888, 121, 300, (8, 9))
L40S = _gpu("l40s", "NVIDIA-L40S", "", 44.53, 45776, 362, 864, (8, 9))
RTX_PRO_6000 = _gpu(
    "rtx-pro-6000", "NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition", "", 94.97, 98304, 500, 1597, (12, 0)
)
A100 = _gpu("a100", "NVIDIA-A100-SXM4-40GB", "nvidia-tesla-a100", 39.38, 40960, 312, 1555, (8, 0))
A100_80GB = _gpu("a100-80gb", "NVIDIA-A100-SXM4-80GB", "nvidia-a100-80gb", 79.25, 81920, 312, 2039, (8, 0))
H100 = _gpu("h100", "NVIDIA-H100-80GB-HBM3", "nvidia-h100-80gb", 79.18, 81920, 989, 3350, (9, 0))
H100_MEGA = replace(H100, gke_label="nvidia-h100-mega-80gb")
"""The same GPU, which GKE names after the network of A3 Mega."""
H200 = _gpu("h200", "NVIDIA-H200", "nvidia-h200-141gb", 139.8, 144384, 989, 4800, (9, 0))
B200 = _gpu("b200", "NVIDIA-B200", "nvidia-b200", 178.35, 183359, 2250, 8000, (10, 0))
