"""Machines with TPU chips or GPUs, whatever the cloud: what they carry, leave to pods and form, and how to get them.

A machine is one row of a table; what a node of it leaves to pods follows from who manages it.
"""

from collections.abc import Iterable, Iterator, Mapping

from catalog.machines.chip import A10G, GPU_RESOURCE, H100, H200, L4, L40S, TPU_RESOURCE, V6E, Chip
from catalog.machines.ec2 import EC2_MACHINES
from catalog.machines.machine import EFA_RESOURCE, Machine, NetworkInterface, Places, Provider, Purchase, Slice
from catalog.machines.tpu import TPU_MACHINES

__all__ = [
    "A10G",
    "CHIPS",
    "EFA_RESOURCE",
    "FLEX_START_GKE_VERSION",
    "FLEX_START_MAX_DAYS",
    "GPU_RESOURCE",
    "H100",
    "H200",
    "L4",
    "L40S",
    "MACHINES",
    "TPU_RESOURCE",
    "V6E",
    "Chip",
    "Machine",
    "NetworkInterface",
    "Places",
    "Provider",
    "Purchase",
    "Slice",
    "slices_of",
]

MACHINES: Mapping[str, Machine] = {machine.name: machine for machine in (*TPU_MACHINES, *EC2_MACHINES)}

CHIPS: Mapping[str, Chip] = {machine.chip.name: machine.chip for machine in MACHINES.values()}

FLEX_START_GKE_VERSION = "1.33.0-gke.1712000"
"""The lowest with TPU flex-start (the GKE page "About flex-start provisioning")."""
FLEX_START_MAX_DAYS = 7
"""The longest that a flex-start node lives (the same page)."""


def slices_of(machines: Iterable[Machine]) -> Iterator[Slice]:
    """Yield all that a replica may get of such machines as a whole."""
    for machine in machines:
        yield from (Slice(machine, topology) for topology in machine.topologies or (None,))
