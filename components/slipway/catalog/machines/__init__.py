"""Machines with TPU chips or GPUs, whatever the cloud: what they carry, leave to pods and form, and how to get them.

A machine is one row of a table; what a node of it leaves to pods follows from who manages it.
"""

from collections.abc import Iterable, Iterator, Mapping

from slipway.catalog.machines.chips import GPU_RESOURCE, TPU_RESOURCE, Chip
from slipway.catalog.machines.ec2 import EC2_MACHINES
from slipway.catalog.machines.gke_gpus import GKE_GPU_MACHINES
from slipway.catalog.machines.machine import (
    EFA_RESOURCE,
    GKE_PODS,
    Machine,
    Provider,
    Purchase,
    Slice,
)
from slipway.catalog.machines.parts import NetworkInterface, Places
from slipway.catalog.machines.tpus import TPU_MACHINES

__all__ = [
    "CHIPS",
    "EFA_RESOURCE",
    "FLEX_START_MAX_DAYS",
    "FLEX_START_VERSIONS",
    "GKE_PODS",
    "GPU_RESOURCE",
    "MACHINES",
    "SLICE_LABEL",
    "SPOT_NOTICE_SECONDS",
    "TPU_RESOURCE",
    "Chip",
    "Machine",
    "NetworkInterface",
    "Places",
    "Provider",
    "Purchase",
    "Slice",
    "known",
    "slices_of",
]

MACHINES: Mapping[str, Machine] = {
    machine.name: machine for machine in (*TPU_MACHINES, *GKE_GPU_MACHINES, *EC2_MACHINES)
}

CHIPS: Mapping[str, Chip] = {machine.chip.name: machine.chip for machine in MACHINES.values()}

FLEX_START_VERSIONS: Mapping[str, str] = {"tpu": "1.33.0-gke.1712000", "gpu": "1.32.2-gke.1652000"}
"""The lowest versions of GKE with flex-start, by kind of chip (the GKE page "About flex-start provisioning")."""
FLEX_START_MAX_DAYS = 7
"""The longest that a flex-start node lives (the same page)."""

SLICE_LABEL = "cloud.google.com/gke-nodepool"
"""Node label of which each value is one slice, where slices have several hosts."""

SPOT_NOTICE_SECONDS: Mapping[Provider, int] = {"gke": 30, "eks": 120}
"""How long before it takes a spot node back its cloud says so."""


def known(names: Iterable[str], provider: str | None = None) -> tuple[Machine, ...]:
    """Return the machines of these names that there are, of one provider if it is given."""
    found = (MACHINES.get(name) for name in names)
    return tuple(each for each in found if each and provider in (None, each.provider))


def slices_of(machines: Iterable[Machine]) -> Iterator[Slice]:
    """Yield all that a replica may get of such machines as a whole."""
    for machine in machines:
        yield from (Slice(machine, topology) for topology in machine.topologies or (None,))
