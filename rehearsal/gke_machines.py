"""What a GKE node of a machine type has, and what it leaves to pods."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.accelerators import TPU_MACHINES, TPU_RESOURCE, allocatable_cpus, allocatable_memory_gib
from rehearsal.nodes import UnknownMachineError

MAX_PODS = 110
DISK_GB = 100
"""GKE's default boot disk."""

# Memory of a core in GiB (the pages of the general-purpose machine families of Compute Engine).
_GIB_PER_CPU = {"standard": 4, "highmem": 8, "highcpu": 1}


@dataclass(frozen=True, slots=True)
class Machine:
    """What a node has: cores, memory in GiB, TPU chips."""

    vcpus: int
    memory_gib: int
    chips: int = 0

    @classmethod
    def named(cls, machine_type: str) -> "Machine":
        """Return a machine type's.

        Raises:
            UnknownMachineError: it is neither in the catalog nor of a family whose names say it.
        """
        if machine_type in TPU_MACHINES:
            tpu = TPU_MACHINES[machine_type]
            return cls(tpu.vcpus, tpu.memory_gib, tpu.chips)
        if found := re.fullmatch(r"[a-z]\d+[a-z]?-(standard|highmem|highcpu)-(\d+)", machine_type):
            return cls(int(found[2]), int(found[2]) * _GIB_PER_CPU[found[1]])
        raise UnknownMachineError(f"machine type {machine_type!r} is not in the catalog; add it, or use e2-standard-4")

    @property
    def capacity(self) -> Mapping[str, str]:
        """Kubernetes quantities of a node."""
        return self._quantities(self.vcpus, self.memory_gib, DISK_GB)

    @property
    def allocatable(self) -> Mapping[str, str]:
        """Kubernetes quantities that a node leaves to pods (GKE, "Node allocatable resources")."""
        disk = DISK_GB - 0.1 * DISK_GB - min(0.5 * DISK_GB, 6 + 0.35 * DISK_GB, 100)
        return self._quantities(allocatable_cpus(self.vcpus), allocatable_memory_gib(self.memory_gib), disk)

    def _quantities(self, cpus: float, memory_gib: float, disk_gb: float) -> Mapping[str, str]:
        return {
            "cpu": f"{cpus * 1000:.0f}m",
            "memory": f"{int(memory_gib * 1024)}Mi",
            "ephemeral-storage": f"{int(disk_gb)}G",
            "pods": str(MAX_PODS),
            **({TPU_RESOURCE: str(self.chips)} if self.chips else {}),
        }
