"""What an EKS node of an instance type has, and what it leaves to pods."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.accelerators import allocatable_cpus
from catalog.gpu_machines import EVICTION_MIB, GPU_MACHINES, HYPERVISOR_SHARE, pod_disk_gib
from rehearsal.nodes import UnknownMachineError

# Memory of a core in GiB (the instance families of EC2: compute, general purpose, memory).
_GIB_PER_CPU = {"c": 2, "m": 4, "r": 8}

# Pods by cores: what the network interfaces of a general-purpose machine have addresses for (amazon-eks-ami,
# eni-max-pods.txt).
_PODS = {2: 29, 4: 58, 8: 58, 16: 234, 32: 234, 48: 234, 64: 737, 96: 737, 192: 737}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a node has beside its GPUs.

    Attributes:
        allocatable_cpus: cores that EKS leaves to pods.
        memory_gib: main memory as sold.
        allocatable_memory_gib: what EKS leaves to pods of it.
        max_pods: pods that get an address.
    """

    vcpus: int
    allocatable_cpus: float
    memory_gib: float
    allocatable_memory_gib: float
    max_pods: int

    @classmethod
    def named(cls, instance_type: str) -> "Machine":
        """Return an instance type's.

        Raises:
            UnknownMachineError: it is neither in the catalog nor of a family whose names say it.
        """
        if found := GPU_MACHINES.get(instance_type):
            return cls(
                vcpus=found.vcpus,
                allocatable_cpus=found.allocatable_cpus,
                memory_gib=found.memory_mib / 1024,
                allocatable_memory_gib=found.allocatable_memory_gib,
                max_pods=found.max_pods,
            )
        named = re.fullmatch(r"([cmr])\d+[a-z-]*\.(?:(large)|(\d*)xlarge)", instance_type)
        vcpus = 0 if named is None else 2 if named[2] else 4 * int(named[3] or 1)
        if named is None or vcpus not in _PODS:
            raise UnknownMachineError(f"instance type {instance_type!r} is not in the catalog; use m7i.xlarge")
        memory_gib, pods = vcpus * _GIB_PER_CPU[named[1]], _PODS[vcpus]
        reserved_gib = (255 + 11 * pods + EVICTION_MIB) / 1024
        return cls(
            vcpus=vcpus,
            allocatable_cpus=allocatable_cpus(vcpus),
            memory_gib=memory_gib,
            allocatable_memory_gib=memory_gib * (1 - HYPERVISOR_SHARE) - reserved_gib,
            max_pods=pods,
        )

    def capacity(self, disk_gib: float) -> Mapping[str, str]:
        """Return Kubernetes quantities of a node with such a disk."""
        return _quantities(self.vcpus, self.memory_gib, disk_gib, self.max_pods)

    def allocatable(self, disk_gib: float) -> Mapping[str, str]:
        """Return Kubernetes quantities that a node with such a disk leaves to pods."""
        return _quantities(self.allocatable_cpus, self.allocatable_memory_gib, pod_disk_gib(disk_gib), self.max_pods)


def _quantities(cpus: float, memory_gib: float, disk_gib: float, pods: int) -> Mapping[str, str]:
    return {
        "cpu": f"{cpus * 1000:.0f}m",
        "memory": f"{int(memory_gib * 1024)}Mi",
        "ephemeral-storage": f"{int(disk_gib * 1024)}Mi",
        "pods": str(pods),
    }
