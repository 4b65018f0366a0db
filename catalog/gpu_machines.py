"""EC2 machines with GPUs: what they carry, what EKS leaves of them to pods, and how they can be bought.

Sources: the instance type reference of Karpenter (aws/karpenter-provider-aws:website/content/en/docs/reference/
instance-types.md, generated from EC2's own answers: memory of a GPU, pods, instance store, EFA interfaces), the VPC
limits beside it (pkg/providers/instancetype/zz_generated.vpclimits.go: network cards), NVIDIA's GPU feature discovery
(names of products), the EC2 guide on Capacity Blocks for ML (p types), and its page "Maximize network bandwidth on
instances with multiple network cards" (where EFA interfaces go).

Which zones offer a machine is not here: the names of zones mean other places in another account. `aws ec2
describe-instance-type-offerings --location-type availability-zone` says it of yours.
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

DISK_SHARE = 0.9
"""What the kubelet lets pods and images fill of a disk before it evicts pods."""
DISK_RESERVE_GIB = 1
"""What EKS reserves of it for the system."""

EFA_RESOURCE = "vpc.amazonaws.com/efa"
"""The extended resource of an EFA interface."""


def pod_disk_gib(disk_gib: float) -> float:
    """Return what EKS leaves to pods and images of a node's disk: 17 GiB of 20, as Karpenter publishes."""
    return disk_gib * DISK_SHARE - DISK_RESERVE_GIB


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU model.

    Attributes:
        product: value of the node label `nvidia.com/gpu.product`.
        memory_mib: memory that EC2 reports, MiB.
        memory_gib: what CUDA reports to programs, GiB: of A10G that of an A10 (OpenBMB/MiniCPM-V#640), of L4
            rhymes-ai/Aria#24, of L40S vllm#15598, of H100 llm-d-planner, of H200 Slipway's own measurement.
        compute_capability: major and minor number of what its cores can do (developer.nvidia.com/cuda-gpus).
    """

    name: str
    product: str
    memory_mib: int
    memory_gib: float
    compute_capability: tuple[int, int]


A10G = Gpu("a10g", "NVIDIA-A10G", 22888, 22.18, (8, 6))
L4 = Gpu("l4", "NVIDIA-L4", 22888, 21.96, (8, 9))
L40S = Gpu("l40s", "NVIDIA-L40S", 45776, 44.53, (8, 9))
H100 = Gpu("h100", "NVIDIA-H100-80GB-HBM3", 81920, 79.18, (9, 0))
H200 = Gpu("h200", "NVIDIA-H200", 144384, 139.8, (9, 0))


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """A network interface of a node.

    Attributes:
        card: index of the network card.
        device: index of the interface on its card.
        type: `interface` has addresses; `efa-only` has none, and carries traffic between GPUs of several nodes.
    """

    card: int
    device: int
    type: Literal["interface", "efa-only"]


@dataclass(frozen=True, slots=True)
class GpuMachine:
    """An EC2 instance type with GPUs.

    Attributes:
        memory_mib: main memory as sold, MiB.
        max_pods: pods for which its network interfaces have addresses, by which the kubelet's reserve grows.
        instance_store_gb: local NVMe disks together, GB (10^9 bytes); they are empty whenever the machine starts.
        efa: Elastic Fabric Adapter interfaces, each on a network card of its own.
    """

    name: str
    gpu: Gpu
    gpus: int
    vcpus: int
    memory_mib: int
    max_pods: int
    instance_store_gb: int
    efa: int = 0

    @property
    def is_p_family(self) -> bool:
        """Whether it is of a p family: sold in capacity blocks, with an instance store larger than any model."""
        return self.name.startswith("p")

    @property
    def purchases(self) -> tuple[Purchase, ...]:
        """Ways to get such nodes; AWS sells capacity blocks of its largest GPUs only."""
        usual: tuple[Purchase, ...] = ("on-demand", "spot", "reservation")
        return (*usual, "capacity-block") if self.is_p_family else usual

    def disk_gib(self, root_volume_gib: int) -> float:
        """Return the disk that images and pods share, GiB: of the p families the instance store, else the root."""
        return self.instance_store_gb * 10**9 / 2**30 if self.is_p_family else root_volume_gib

    @property
    def efa_interfaces(self) -> tuple[NetworkInterface, ...]:
        """All interfaces of a node that uses EFA: one with addresses, and an EFA on each card that has one."""
        first = NetworkInterface(0, 0, "interface")
        return (first, *(NetworkInterface(card, 0 if card else 1, "efa-only") for card in range(self.efa)))

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
        GpuMachine("g5.xlarge", A10G, 1, 4, 16384, 58, 250),
        GpuMachine("g5.2xlarge", A10G, 1, 8, 32768, 58, 450),
        GpuMachine("g5.4xlarge", A10G, 1, 16, 65536, 234, 600),
        GpuMachine("g5.8xlarge", A10G, 1, 32, 131072, 234, 900, efa=1),
        GpuMachine("g5.12xlarge", A10G, 4, 48, 196608, 737, 3800, efa=1),
        GpuMachine("g5.48xlarge", A10G, 8, 192, 786432, 345, 7600, efa=1),
        GpuMachine("g6.xlarge", L4, 1, 4, 16384, 58, 250),
        GpuMachine("g6.2xlarge", L4, 1, 8, 32768, 58, 450),
        GpuMachine("g6.4xlarge", L4, 1, 16, 65536, 234, 600),
        GpuMachine("g6.12xlarge", L4, 4, 48, 196608, 234, 3760, efa=1),
        GpuMachine("g6.48xlarge", L4, 8, 192, 786432, 737, 7520, efa=1),
        GpuMachine("g6e.xlarge", L40S, 1, 4, 32768, 58, 250),
        GpuMachine("g6e.2xlarge", L40S, 1, 8, 65536, 58, 450),
        GpuMachine("g6e.4xlarge", L40S, 1, 16, 131072, 234, 600),
        GpuMachine("g6e.12xlarge", L40S, 4, 48, 393216, 292, 3800, efa=1),
        GpuMachine("g6e.48xlarge", L40S, 8, 192, 1572864, 492, 7600, efa=4),
        GpuMachine("p5.4xlarge", H100, 1, 16, 262144, 118, 3800, efa=1),
        GpuMachine("p5.48xlarge", H100, 8, 192, 2097152, 100, 30400, efa=32),
        GpuMachine("p5e.48xlarge", H200, 8, 192, 2097152, 100, 30400, efa=32),
        GpuMachine("p5en.48xlarge", H200, 8, 192, 2097152, 198, 30400, efa=16),
    )
}
