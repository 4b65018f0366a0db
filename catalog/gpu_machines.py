"""EC2 machines with GPUs: what they carry, what EKS leaves of them to pods, and how they can be bought.

Sources: the instance type reference of Karpenter (aws/karpenter-provider-aws:website/content/en/docs/reference/
instance-types.md, generated from EC2's own answers: memory of a GPU, pods, EFA interfaces), NVIDIA's GPU feature
discovery (names of products), and the EC2 guide on Capacity Blocks for ML (p types).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from catalog.accelerators import allocatable_cpus

Purchase = Literal["on-demand", "spot", "reservation", "capacity-block"]

GPU_RESOURCE = "nvidia.com/gpu"
"""The extended resource of a GPU, and the key of the taint and of the label that Slipway's GPU nodes carry."""

HYPERVISOR_SHARE = 0.075
"""Memory that a machine has less than it is sold with: Karpenter's cautious default."""
EVICTION_MIB = 100


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU model.

    Attributes:
        product: value of the node label `nvidia.com/gpu.product`.
        memory_mib: memory that EC2 reports, MiB.
    """

    name: str
    product: str
    memory_mib: int

    @property
    def memory_gib(self) -> float:
        """Memory, GiB."""
        return self.memory_mib / 1024


A10G = Gpu("a10g", "NVIDIA-A10G", 22888)
L4 = Gpu("l4", "NVIDIA-L4", 22888)
L40S = Gpu("l40s", "NVIDIA-L40S", 45776)
H100 = Gpu("h100", "NVIDIA-H100-80GB-HBM3", 81920)
H200 = Gpu("h200", "NVIDIA-H200", 144384)


@dataclass(frozen=True, slots=True)
class GpuMachine:
    """An EC2 instance type with GPUs.

    Attributes:
        memory_mib: main memory as sold, MiB.
        max_pods: pods for which its network interfaces have addresses, by which the kubelet's reserve grows.
        efa: Elastic Fabric Adapter interfaces.
    """

    name: str
    gpu: Gpu
    gpus: int
    vcpus: int
    memory_mib: int
    max_pods: int
    efa: int = 0

    @property
    def purchases(self) -> tuple[Purchase, ...]:
        """Ways to get such nodes; AWS sells capacity blocks of its largest GPUs only."""
        usual: tuple[Purchase, ...] = ("on-demand", "spot", "reservation")
        return (*usual, "capacity-block") if self.name.startswith("p") else usual

    @property
    def allocatable_memory_gib(self) -> float:
        """Memory that EKS leaves to pods, GiB: 255 MiB and 11 MiB a pod are the kubelet's."""
        reserved = 255 + 11 * self.max_pods + EVICTION_MIB
        return (self.memory_mib * (1 - HYPERVISOR_SHARE) - reserved) / 1024

    @property
    def allocatable_cpus(self) -> float:
        """Cores that EKS leaves to pods, which reserves what GKE does."""
        return allocatable_cpus(self.vcpus)


GPU_MACHINES: Mapping[str, GpuMachine] = {
    machine.name: machine
    for machine in (
        GpuMachine("g5.xlarge", A10G, 1, 4, 16384, 58),
        GpuMachine("g5.2xlarge", A10G, 1, 8, 32768, 58),
        GpuMachine("g5.4xlarge", A10G, 1, 16, 65536, 234),
        GpuMachine("g5.8xlarge", A10G, 1, 32, 131072, 234, efa=1),
        GpuMachine("g5.12xlarge", A10G, 4, 48, 196608, 737, efa=1),
        GpuMachine("g5.48xlarge", A10G, 8, 192, 786432, 345, efa=1),
        GpuMachine("g6.xlarge", L4, 1, 4, 16384, 58),
        GpuMachine("g6.2xlarge", L4, 1, 8, 32768, 58),
        GpuMachine("g6.4xlarge", L4, 1, 16, 65536, 234),
        GpuMachine("g6.12xlarge", L4, 4, 48, 196608, 234, efa=1),
        GpuMachine("g6.48xlarge", L4, 8, 192, 786432, 737, efa=1),
        GpuMachine("g6e.xlarge", L40S, 1, 4, 32768, 58),
        GpuMachine("g6e.2xlarge", L40S, 1, 8, 65536, 58),
        GpuMachine("g6e.4xlarge", L40S, 1, 16, 131072, 234),
        GpuMachine("g6e.12xlarge", L40S, 4, 48, 393216, 292, efa=1),
        GpuMachine("g6e.48xlarge", L40S, 8, 192, 1572864, 492, efa=4),
        GpuMachine("p5.4xlarge", H100, 1, 16, 262144, 118, efa=1),
        GpuMachine("p5.48xlarge", H100, 8, 192, 2097152, 100, efa=32),
        GpuMachine("p5e.48xlarge", H200, 8, 192, 2097152, 100, efa=32),
        GpuMachine("p5en.48xlarge", H200, 8, 192, 2097152, 198, efa=16),
    )
}
