"""What a GKE node has that its machine type, its disk and its driver decide, whoever makes the node."""

from collections.abc import Mapping
from typing import Any

from rehearsal.machines import GKE_DISK_GIB, Machine, NodeShape
from rehearsal.nodes import Pool, Taint
from slipway.catalog.machines import GPU_RESOURCE, MACHINES, TPU_RESOURCE
from slipway.catalog.machines import Machine as ChipMachine

TPU, TOPOLOGY = "cloud.google.com/gke-tpu-accelerator", "cloud.google.com/gke-tpu-topology"
GPU = "cloud.google.com/gke-accelerator"
CHIP_TAINTS = {resource: Taint(resource, "present", "NoSchedule") for resource in (TPU_RESOURCE, GPU_RESOURCE)}
"""What GKE taints nodes with chips with, by resource."""

NO_DRIVER = "INSTALLATION_DISABLED"

ORDINARY_MACHINE, ORDINARY_MAXIMUM = "e2-standard-8", 10


def shape(machine_type: str, *, topology: str = "", node: Mapping[str, Any] | None = None) -> NodeShape:
    """Return what nodes of a machine type have.

    Args:
        machine_type: of Compute Engine.
        topology: of the slices that TPU machines form; empty where the pool does not say.
        node: a node pool's `nodeConfig`; None where GKE makes the nodes by itself.

    Raises:
        UnknownMachineError: nothing says what the machine type has.
    """
    machine, with_chips, stated = Machine.on_gke(machine_type), MACHINES.get(machine_type), node or {}
    disk_gib: float = stated.get("diskSizeGb", GKE_DISK_GIB)
    labels = {
        "node.kubernetes.io/instance-type": machine_type,
        "cloud.google.com/machine-family": machine_type.partition("-")[0],
    }
    devices: dict[str, str] = {}
    if with_chips:
        disk_gib = with_chips.disk_gib(disk_gib)
        labels |= _chip_labels(with_chips, topology)
        devices = _devices(with_chips, stated)
    return NodeShape(
        labels=labels,
        capacity={**machine.capacity(disk_gib), **devices},
        allocatable={**machine.allocatable(disk_gib), **devices},
    )


def ordinary(name: str) -> Pool:
    """Return a pool for what needs no chips, of which nobody says what it is: an assumption."""
    made = shape(ORDINARY_MACHINE)
    return Pool(
        name=name,
        minimum=1,
        maximum=ORDINARY_MAXIMUM,
        labels=made.labels,
        capacity=made.capacity,
        allocatable=made.allocatable,
    )


def _chip_labels(machine: ChipMachine, topology: str) -> dict[str, str]:
    if machine.chip.kind == "gpu":
        return {GPU: machine.chip.gke_label}
    # A pool whose slices have one host states no topology.
    whole = next((each for each in machine.topologies if machine.slice(each).hosts == 1), "")
    return {TPU: machine.chip.label, TOPOLOGY: topology or whole}


def _devices(machine: ChipMachine, node: Mapping[str, Any]) -> dict[str, str]:
    """Return the extended resources of a node: GPUs are not there without their driver."""
    drivers = (each.get("gpuDriverInstallationConfig", {}) for each in node.get("guestAccelerators", ()))
    if any(driver.get("gpuDriverVersion") == NO_DRIVER for driver in drivers):
        return {}
    return {machine.chip.resource: str(machine.chips)}
