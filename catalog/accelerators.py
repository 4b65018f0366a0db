"""TPU machines, the slices they form and where Google Cloud offers them.

Sources: the GKE pages "Plan TPUs in GKE" and "About TPUs in GKE" (machines, topologies, zones, lowest versions), "About
flex-start provisioning" (its zones, lowest version and longest run) and "Node allocatable resources".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, prod
from typing import Literal

Provisioning = Literal["on-demand", "spot", "reservation", "flex-start"]

TPU_RESOURCE = "google.com/tpu"
"""The extended resource of a TPU chip; GKE taints TPU nodes with this key, value `present`."""


@dataclass(frozen=True, slots=True)
class TpuGeneration:
    """One generation of TPU.

    Attributes:
        accelerator: value of the node label `cloud.google.com/gke-tpu-accelerator`.
        hbm_gib: memory of one chip that the runtime can use, GiB (32 GB as sold).
        gke_version: the lowest GKE version that has nodes of this generation.
        zones: where anybody can get it.
        single_tenant_zones: where only the holder of a reservation can.
        flex_start_zones: where flex-start works.
    """

    name: str
    accelerator: str
    hbm_gib: float
    gke_version: str
    zones: tuple[str, ...]
    single_tenant_zones: tuple[str, ...]
    flex_start_zones: tuple[str, ...]

    def zones_for(self, provisioning: Provisioning) -> tuple[str, ...]:
        """Return the zones where nodes can be had in this way."""
        if provisioning == "flex-start":
            return self.flex_start_zones
        return self.zones + self.single_tenant_zones if provisioning == "reservation" else self.zones


FLEX_START_GKE_VERSION = "1.33.0-gke.1712000"
FLEX_START_MAX_DAYS = 7

TRILLIUM = TpuGeneration(
    name="v6e",
    accelerator="tpu-v6e-slice",
    hbm_gib=31.25,
    gke_version="1.31.2-gke.1115000",
    zones=(
        "asia-northeast1-b",
        "europe-west4-a",
        "us-central1-b",
        "us-east1-d",
        "us-east5-a",
        "us-east5-b",
    ),
    single_tenant_zones=("us-east4-a", "us-east4-b", "us-east5-c", "us-west1-c"),
    flex_start_zones=("asia-northeast1-b", "us-east5-a", "us-east5-b"),
)


def allocatable_memory_gib(memory_gib: float) -> float:
    """Return what GKE leaves to pods of a node's memory: all but a share that falls with size, and 100 MiB."""
    return memory_gib - _reserved(memory_gib, (4, 0.25), (4, 0.20), (8, 0.10), (112, 0.06), (inf, 0.02)) - 100 / 1024


def allocatable_cpus(vcpus: float) -> float:
    """Return what GKE leaves to pods of a node's cores: all but 6 % of the first, 1 % of the second, then less."""
    return vcpus - _reserved(vcpus, (1, 0.06), (1, 0.01), (2, 0.005), (inf, 0.0025))


def _reserved(amount: float, *shares: tuple[float, float]) -> float:
    """Sum up shares of successive parts of an amount; each is the size of a part and the share of it."""
    reserved = 0.0
    for size, share in shares:
        part = min(amount, size)
        reserved, amount = reserved + part * share, amount - part
    return reserved


@dataclass(frozen=True, slots=True)
class TpuMachine:
    """A machine type that carries TPU chips.

    Attributes:
        chips: chips of one machine; a pod gets all of them or none.
        memory_gib: main memory, GiB.
        topologies: the slices that these machines form.
    """

    name: str
    generation: TpuGeneration
    chips: int
    vcpus: int
    memory_gib: int
    topologies: tuple[str, ...]

    @property
    def allocatable_memory_gib(self) -> float:
        """Memory that GKE leaves to pods."""
        return allocatable_memory_gib(self.memory_gib)

    @property
    def allocatable_cpus(self) -> float:
        """Cores that GKE leaves to pods."""
        return allocatable_cpus(self.vcpus)


TPU_MACHINES: Mapping[str, TpuMachine] = {
    machine.name: machine
    for machine in (
        TpuMachine("ct6e-standard-1t", TRILLIUM, 1, 44, 176, ("1x1",)),
        TpuMachine("ct6e-standard-4t", TRILLIUM, 4, 180, 720, ("2x2", "2x4", "4x4", "4x8", "8x8", "8x16", "16x16")),
        TpuMachine("ct6e-standard-8t", TRILLIUM, 8, 180, 1440, ("2x4",)),
    )
}


@dataclass(frozen=True, slots=True)
class TpuSlice:
    """The chips that one replica gets: a topology made of machines of one type.

    Attributes:
        topology: the arrangement of the chips, such as `2x4`.
    """

    machine: TpuMachine
    topology: str

    @property
    def chips(self) -> int:
        """Chips of the whole slice."""
        return prod(int(side) for side in self.topology.split("x"))

    @property
    def hosts(self) -> int:
        """Machines of the slice."""
        return self.chips // self.machine.chips

    @property
    def hbm_gib(self) -> float:
        """Memory of all its chips, GiB."""
        return self.chips * self.machine.generation.hbm_gib


def tpu_slice(machine_type: str, topology: str) -> TpuSlice:
    """Return the slice of this topology made of these machines.

    Raises:
        KeyError: the catalog has no such machine, or the machine forms no such slice.
    """
    machine = TPU_MACHINES[machine_type]
    if topology not in machine.topologies:
        raise KeyError(topology)
    return TpuSlice(machine, topology)
