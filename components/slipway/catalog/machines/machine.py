"""Machines with TPU chips or GPUs, and the slices that they form; who manages them decides what they leave to pods."""

from dataclasses import dataclass
from math import prod
from typing import Literal

from slipway.catalog.daemons import DAEMONS, Daemon
from slipway.catalog.machines import allocatable
from slipway.catalog.machines.chips import Chip
from slipway.catalog.machines.parts import NetworkInterface, Places

Provider = Literal["gke", "eks"]
Purchase = Literal["on-demand", "spot", "reservation", "capacity-block", "flex-start"]
"""How nodes are had. A `reservation` names machines, a `capacity-block` machines for some days; `flex-start` waits in
line and ends within a week."""

EFA_RESOURCE = "vpc.amazonaws.com/efa"
"""The extended resource of an EFA interface."""

GKE_PODS = 110
"""Pods of a node of GKE unless a pool says otherwise."""

LOCAL_SSD_GIB = 375
"""One Local SSD of Compute Engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine type that carries TPU chips or GPUs.

    Attributes:
        chips: chips of one machine; a pod gets all of them or none where they are TPUs.
        memory_gib: main memory as sold, GiB.
        max_pods: pods that a node takes.
        local_disk_gb: local NVMe disks together that come with it, GB (10^9 bytes); they are empty at each start.
        efa: Elastic Fabric Adapter interfaces, each on a network card of its own.
        purchases: ways to get such nodes.
        topologies: the slices that such machines form; none where they have GPUs.
        lowest_version: the lowest version of GKE that has such nodes; None where nothing is known to limit it.
        places: where it is offered; None where the catalog does not say.
        boot_disk_type: the type that its boot disk has to be asked for with; None where the default is right.
        workload_policy: whether the hosts of a slice are put together by a workload policy of Compute Engine, and not
            by GKE's compact placement.
    """

    name: str
    provider: Provider
    chip: Chip
    chips: int
    vcpus: int
    memory_gib: float
    max_pods: int
    local_disk_gb: int = 0
    efa: int = 0
    purchases: tuple[Purchase, ...]
    topologies: tuple[str, ...] = ()
    lowest_version: str | None = None
    places: Places | None = None
    boot_disk_type: str | None = None
    workload_policy: bool = False

    def zones(self, purchase: Purchase) -> tuple[str, ...] | None:
        """Return the zones where nodes can be had in this way; None where the catalog does not say."""
        if self.places is None:
            return None
        if purchase == "flex-start" and self.places.flex_start_zones is not None:
            return self.places.flex_start_zones
        return self.places.zones + (self.places.single_tenant_zones if purchase == "reservation" else ())

    def topology(self, stated: str | None) -> str | None:
        """Return the topology that is stated, or else the only one that such machines form."""
        return self.topologies[0] if stated is None and len(self.topologies) == 1 else stated

    def likely_topology(self, stated: str | None) -> str | None:
        """Return the topology that is stated, or else, wrong as it may be, the only one that such machines form."""
        formed = self.topologies or (None,)
        return formed[0] if len(formed) == 1 else stated

    def slice(self, topology: str | None = None) -> "Slice":
        """Return the slice of this topology made of such machines, or the only one that they form.

        Raises:
            KeyError: they form no such slice.
        """
        topology = self.topology(topology)
        if topology not in (self.topologies or (None,)):
            raise KeyError(topology)
        return Slice(self, topology)

    @property
    def allocatable_memory_gib(self) -> float:
        """Main memory that a node leaves to pods, GiB."""
        if self.provider == "gke":
            return allocatable.gke_memory_gib(self.memory_gib)
        return allocatable.eks_memory_gib(self.memory_gib, self.max_pods)

    @property
    def allocatable_cpus(self) -> float:
        """Cores that a node leaves to pods."""
        return allocatable.allocatable_cpus(self.vcpus)

    @property
    def memory_for_pods_gib(self) -> float:
        """Main memory that is left to the pods of servers, GiB, once DaemonSets have what they request."""
        return self.allocatable_memory_gib - sum(each.memory_mib for each in self._daemons) / 1024

    @property
    def cpus_for_pods(self) -> float:
        """Cores that are left to the pods of servers once DaemonSets have what they request."""
        return self.allocatable_cpus - sum(each.millicpus for each in self._daemons) / 1000

    @property
    def images_on_local_disks(self) -> bool:
        """Whether images and pods are on the local disks: on GKE if there are any, on EC2 with its p families only,
        whose disks are larger than any model."""
        return self.local_disk_gb > 0 and (self.provider == "gke" or self.name.startswith("p"))

    @property
    def local_ssds(self) -> int:
        """Local SSDs, as GKE counts them."""
        return round(self.local_disk_gb * 10**9 / 2**30 / LOCAL_SSD_GIB)

    def disk_gib(self, root_volume_gib: float) -> float:
        """Return the disk that images and pods share, GiB: the local disks where these are used, else the root."""
        return self.local_disk_gb * 10**9 / 2**30 if self.images_on_local_disks else root_volume_gib

    def pod_disk_gib(self, disk_gib: float) -> float:
        """Return what a node with such a disk leaves to images and pods, GiB."""
        return allocatable.pod_disk_gib(disk_gib, self.disk_rules)

    def disk_for_gib(self, needed_gib: float) -> float:
        """Return the smallest disk that leaves so much to images and pods, GiB."""
        return allocatable.disk_for_gib(needed_gib, self.disk_rules)

    @property
    def efa_interfaces(self) -> tuple[NetworkInterface, ...]:
        """All interfaces of a node that uses EFA: one with addresses, and an EFA on each card that has one."""
        first = NetworkInterface(0, 0, "interface")
        return (first, *(NetworkInterface(card, 0 if card else 1, "efa-only") for card in range(self.efa)))

    @property
    def disk_rules(self) -> tuple[allocatable.DiskRule, ...]:
        """What a node leaves to images and pods of its disk."""
        if self.provider == "eks":
            return allocatable.EKS_DISK
        return allocatable.gke_local_ssds(self.local_ssds) if self.local_ssds else allocatable.GKE_BOOT_DISK

    @property
    def _daemons(self) -> tuple[Daemon, ...]:
        return DAEMONS[self.provider, self.chip.kind]


@dataclass(frozen=True, slots=True)
class Slice:
    """What one replica may get as a whole: the machines of a TPU topology, or one machine with GPUs.

    Attributes:
        topology: the arrangement of TPU chips, such as `2x4`; None for GPUs.
    """

    machine: Machine
    topology: str | None

    @property
    def chips(self) -> int:
        """Chips of the whole slice."""
        return prod(map(int, self.topology.split("x"))) if self.topology else self.machine.chips

    @property
    def devices(self) -> int:
        """Devices that programs see of the whole slice."""
        return self.chips * self.machine.chip.devices

    @property
    def hosts(self) -> int:
        """Machines of the slice."""
        return self.chips // self.machine.chips
