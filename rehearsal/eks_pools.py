"""The nodes that the node groups of a recorded EKS stack would have.

Labels are the group's own, those that EKS sets, and, where the release of the GPU operator is in the recording, those
of its feature discovery. Without it no node has GPUs to give: the machine image brings no device plugin. A group over
several zones has all its nodes in the first; without a cluster autoscaler it keeps its fewest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.gpu_machines import EFA_RESOURCE, GPU_MACHINES, GPU_RESOURCE, GpuMachine
from offline import Recording, Resource
from rehearsal.eks_machines import Machine
from rehearsal.nodes import Pool, Taint
from rehearsal.releases import GPU_OPERATOR, NODE_AUTOSCALER, release

ADD_SECONDS = 4 * 60
"""From a pod that does not fit until a new node is Ready and its GPUs are advertised: an assumption; an instance joins
within two minutes, and the GPU operator validates it after that."""
IDLE_SECONDS = 10 * 60
"""How long the cluster autoscaler lets a node be idle unless told otherwise (its --scale-down-unneeded-time)."""

CLUSTER, NODE_GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
LAUNCH_TEMPLATE, SUBNET = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/subnet:Subnet"
DEFAULT_DISK_GIB = 20

_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
_UNITS = {"s": 1, "m": 60, "h": 3600}


def pools(recording: Recording) -> list[Pool]:
    """Return the pools of a stack, those without GPUs first.

    Raises:
        UnknownMachineError: a pool's instance type.
    """
    found = [_pool(recording, group) for group in recording.of(NODE_GROUP)]
    return sorted(found, key=lambda pool: bool(pool.taints))


def idle_seconds(recording: Recording) -> int:
    """Return how long the stack's cluster autoscaler lets a node be idle."""
    autoscaler = release(recording, NODE_AUTOSCALER)
    arguments: Mapping[str, Any] = autoscaler.values.get("extraArgs", {}) if autoscaler else {}
    stated = str(arguments.get("scale-down-unneeded-time", ""))
    return int(stated[:-1]) * _UNITS[stated[-1]] if stated else IDLE_SECONDS


def _pool(recording: Recording, group: Resource) -> Pool:
    inputs: Mapping[str, Any] = group.inputs
    template = _template(recording, group)
    instance_type = str(template["instanceType"])
    machine, gpu_machine = Machine.named(instance_type), GPU_MACHINES.get(instance_type)
    scaling: Mapping[str, int] = inputs["scalingConfig"]
    disk_gib = _disk_gib(template, gpu_machine)
    devices = _devices(recording, template, gpu_machine) if gpu_machine else {}
    return Pool(
        name=group.name,
        minimum=scaling["minSize"],
        maximum=scaling["maxSize"] if release(recording, NODE_AUTOSCALER) else scaling["minSize"],
        labels={
            "node.kubernetes.io/instance-type": instance_type,
            "eks.amazonaws.com/nodegroup": str(group.state.get("nodeGroupName", group.name)),
            "eks.amazonaws.com/capacityType": str(inputs.get("capacityType", "ON_DEMAND")),
            **_zone_labels(recording, inputs["subnetIds"]),
            **(_gpu_labels(recording, gpu_machine) if gpu_machine else {}),
            **inputs.get("labels", {}),
        },
        taints=tuple(
            Taint(each["key"], each.get("value", ""), _EFFECTS[each["effect"]]) for each in inputs.get("taints", ())
        ),
        capacity={**machine.capacity(disk_gib), **devices},
        allocatable={**machine.allocatable(disk_gib), **devices},
    )


def _template(recording: Recording, group: Resource) -> Mapping[str, Any]:
    wanted = group.inputs["launchTemplate"]["id"]
    return next(each.inputs for each in recording.of(LAUNCH_TEMPLATE) if each.id == wanted)


def _disk_gib(template: Mapping[str, Any], machine: GpuMachine | None) -> float:
    disks: Sequence[Mapping[str, Any]] = template.get("blockDeviceMappings", ())
    root = int(next((disk["ebs"]["volumeSize"] for disk in disks), DEFAULT_DISK_GIB))
    return machine.disk_gib(root) if machine else root


def _devices(recording: Recording, template: Mapping[str, Any], machine: GpuMachine) -> dict[str, str]:
    """Return the extended resources of a node: GPUs once a device plugin runs, and the EFA interfaces it is given."""
    operator = release(recording, GPU_OPERATOR)
    advertised = operator is not None and operator.enabled("devicePlugin")
    interfaces: Sequence[Mapping[str, Any]] = template.get("networkInterfaces", ())
    efa = sum(str(each.get("interfaceType", "")).startswith("efa") for each in interfaces)
    return {
        **({GPU_RESOURCE: str(machine.gpus)} if advertised else {}),
        **({EFA_RESOURCE: str(efa)} if efa else {}),
    }


def _gpu_labels(recording: Recording, machine: GpuMachine) -> dict[str, str]:
    operator = release(recording, GPU_OPERATOR)
    if operator is None or not operator.enabled("gfd"):
        return {}
    return {
        "feature.node.kubernetes.io/pci-10de.present": "true",
        f"{GPU_RESOURCE}.present": "true",
        f"{GPU_RESOURCE}.count": str(machine.gpus),
        f"{GPU_RESOURCE}.memory": str(machine.gpu.memory_mib),
        f"{GPU_RESOURCE}.product": machine.gpu.product,
    }


def _zone_labels(recording: Recording, subnets: Sequence[str]) -> dict[str, str]:
    zones = {each.id: str(each.inputs.get("availabilityZone", "")) for each in recording.of(SUBNET)}
    zone = zones.get(subnets[0], "") if subnets else ""
    return {"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": zone[:-1]} if zone else {}
