"""What a node of a machine type has beside its chips, and what it leaves to pods: catalogued, or as its name says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.nodes import UnknownMachineError
from slipway.catalog import machines
from slipway.catalog.machines import MACHINES, allocatable

GKE_DISK_GIB = 100
"""GKE's default boot disk."""

# Memory of a core in GiB (the pages of the general-purpose machine families of Compute Engine).
_GKE_GIB_PER_CPU = {"standard": 4, "highmem": 8, "highcpu": 1}

# Memory of a core in GiB (the instance families of EC2: compute, general purpose, memory).
_EKS_GIB_PER_CPU = {"c": 2, "m": 4, "r": 8}

# Pods by cores: what the network interfaces of a general-purpose machine have addresses for (amazon-eks-ami,
# eni-max-pods.txt).
_EKS_PODS = {2: 29, 4: 58, 8: 58, 16: 234, 32: 234, 48: 234, 64: 737, 96: 737, 192: 737}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a node has beside its chips.

    Attributes:
        memory_gib: main memory as sold.
        allocatable_cpus: cores that it leaves to pods.
        allocatable_memory_gib: main memory that it leaves to pods.
        max_pods: pods that it takes.
        disk_rules: what it leaves to pods of a disk.
    """

    vcpus: int
    memory_gib: float
    allocatable_cpus: float
    allocatable_memory_gib: float
    max_pods: int
    disk_rules: tuple[allocatable.DiskRule, ...]

    @classmethod
    def on_gke(cls, machine_type: str) -> "Machine":
        """Return a machine type's.

        Raises:
            UnknownMachineError: it is neither in the catalog nor of a family whose names say it.
        """
        if machine_type in MACHINES:
            return cls._catalogued(MACHINES[machine_type])
        named = re.fullmatch(r"[a-z]\d+[a-z]?-(standard|highmem|highcpu)-(\d+)", machine_type)
        if named is None:
            message = f"machine type {machine_type!r} is not in the catalog; add it, or use e2-standard-4"
            raise UnknownMachineError(message)
        vcpus = int(named[2])
        memory_gib = vcpus * _GKE_GIB_PER_CPU[named[1]]
        return cls(
            vcpus=vcpus,
            memory_gib=memory_gib,
            allocatable_cpus=allocatable.allocatable_cpus(vcpus),
            allocatable_memory_gib=allocatable.gke_memory_gib(memory_gib),
            max_pods=machines.GKE_PODS,
            disk_rules=allocatable.GKE_BOOT_DISK,
        )

    @classmethod
    def on_eks(cls, instance_type: str) -> "Machine":
        """Return an instance type's.

        Raises:
            UnknownMachineError: it is neither in the catalog nor of a family whose names say it.
        """
        if instance_type in MACHINES:
            return cls._catalogued(MACHINES[instance_type])
        named = re.fullmatch(r"([cmr])\d+[a-z-]*\.(?:(large)|(\d*)xlarge)", instance_type)
        vcpus = 0 if named is None else 2 if named[2] else 4 * int(named[3] or 1)
        if named is None or vcpus not in _EKS_PODS:
            raise UnknownMachineError(f"instance type {instance_type!r} is not in the catalog; use m7i.xlarge")
        memory_gib, pods = vcpus * _EKS_GIB_PER_CPU[named[1]], _EKS_PODS[vcpus]
        return cls(
            vcpus=vcpus,
            memory_gib=memory_gib,
            allocatable_cpus=allocatable.allocatable_cpus(vcpus),
            allocatable_memory_gib=allocatable.eks_memory_gib(memory_gib, pods),
            max_pods=pods,
            disk_rules=allocatable.EKS_DISK,
        )

    @classmethod
    def _catalogued(cls, machine: machines.Machine) -> "Machine":
        return cls(
            vcpus=machine.vcpus,
            memory_gib=machine.memory_gib,
            allocatable_cpus=machine.allocatable_cpus,
            allocatable_memory_gib=machine.allocatable_memory_gib,
            max_pods=machine.max_pods,
            disk_rules=machine.disk_rules,
        )

    def capacity(self, disk_gib: float) -> Mapping[str, str]:
        """Return Kubernetes quantities of a node with such a disk."""
        return self._quantities(self.vcpus, self.memory_gib, disk_gib)

    def allocatable(self, disk_gib: float) -> Mapping[str, str]:
        """Return Kubernetes quantities that a node with such a disk leaves to pods."""
        disk = allocatable.pod_disk_gib(disk_gib, self.disk_rules)
        return self._quantities(self.allocatable_cpus, self.allocatable_memory_gib, disk)

    def _quantities(self, cpus: float, memory_gib: float, disk_gib: float) -> Mapping[str, str]:
        return {
            "cpu": f"{cpus * 1000:.0f}m",
            "memory": f"{int(memory_gib * 1024)}Mi",
            "ephemeral-storage": f"{int(disk_gib * 1024)}Mi",
            "pods": str(self.max_pods),
        }


@dataclass(frozen=True, slots=True)
class NodeShape:
    """What each node of a pool has.

    Attributes:
        labels: what its machine type and the add-ons of its stack give it.
        capacity: Kubernetes quantities by resource name.
        allocatable: the same, as far as the node leaves it to pods.
    """

    labels: Mapping[str, str]
    capacity: Mapping[str, str]
    allocatable: Mapping[str, str]
