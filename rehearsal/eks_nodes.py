"""What an EKS node has that its instance type, its disk and the add-ons of its stack decide, whoever makes the node."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from offline import Recording
from rehearsal.machines import Machine, NodeShape
from rehearsal.releases import EFA_PLUGIN, GPU_OPERATOR, release
from slipway.catalog.machines import EFA_RESOURCE, GPU_RESOURCE, MACHINES
from slipway.catalog.machines import Machine as GpuMachine


def shape(
    recording: Recording, instance_type: str, *, root_volume_gib: int, interfaces: Sequence[Mapping[str, Any]]
) -> NodeShape:
    """Return what nodes of an instance type have in a stack.

    Args:
        recording: the stack, whose releases decide which devices are advertised.
        instance_type: of EC2.
        root_volume_gib: their root volume.
        interfaces: their network interfaces, each with its `interfaceType`; empty where nothing says.

    Raises:
        UnknownMachineError: nothing says what the instance type has.
    """
    machine, gpu_machine = Machine.on_eks(instance_type), MACHINES.get(instance_type)
    disk_gib = gpu_machine.disk_gib(root_volume_gib) if gpu_machine else root_volume_gib
    devices = _devices(recording, gpu_machine, interfaces) if gpu_machine else {}
    return NodeShape(
        labels={
            "node.kubernetes.io/instance-type": instance_type,
            **(_gpu_labels(recording, gpu_machine) if gpu_machine else {}),
        },
        capacity={**machine.capacity(disk_gib), **devices},
        allocatable={**machine.allocatable(disk_gib), **devices},
    )


def smallest(instance_types: Iterable[str]) -> str:
    """Return which instance type of a pool has the fewest GPUs, and of these the least for pods: what fits it fits all.

    Raises:
        UnknownMachineError: nothing says what one of them has.
    """

    def room(name: str) -> tuple[int, float, float]:
        machine = Machine.on_eks(name)
        gpus = MACHINES[name].chips if name in MACHINES else 0
        return gpus, machine.allocatable_memory_gib, machine.allocatable_cpus

    return min(instance_types, key=room)


def choice(pool: str, instance_types: Sequence[str]) -> list[str]:
    """Say which of several instance types the nodes of a pool are in a rehearsal; nothing where there is one."""
    if len(instance_types) < 2:
        return []
    return [f"pool {pool}: its nodes are {smallest(instance_types)}, the smallest of {', '.join(instance_types)}"]


def zone_labels(zone: str) -> dict[str, str]:
    """Return the labels of a zone; none for no zone."""
    return {"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": zone[:-1]} if zone else {}


def _devices(recording: Recording, machine: GpuMachine, interfaces: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the extended resources of a node: none is there before its device plugin runs."""
    operator = release(recording, GPU_OPERATOR)
    efa = sum(str(each.get("interfaceType", "")).startswith("efa") for each in interfaces)
    return {
        **({GPU_RESOURCE: str(machine.chips)} if operator and operator.enabled("devicePlugin") else {}),
        **({EFA_RESOURCE: str(efa)} if efa and release(recording, EFA_PLUGIN) else {}),
    }


def _gpu_labels(recording: Recording, machine: GpuMachine) -> dict[str, str]:
    operator = release(recording, GPU_OPERATOR)
    if operator is None or not operator.enabled("gfd"):
        return {}
    return {
        "feature.node.kubernetes.io/pci-10de.present": "true",
        f"{GPU_RESOURCE}.present": "true",
        f"{GPU_RESOURCE}.count": str(machine.chips),
        f"{GPU_RESOURCE}.memory": str(machine.chip.memory_mib),
        f"{GPU_RESOURCE}.product": machine.chip.label,
    }
