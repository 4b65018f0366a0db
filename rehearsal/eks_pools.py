"""The nodes that a recorded EKS stack would have: those of its node groups, and those that Karpenter would make.

A group over several zones has all its nodes in the first; without a cluster autoscaler it keeps its fewest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from offline import Recording, Resource
from rehearsal import karpenter_pools
from rehearsal.client import Json
from rehearsal.eks_nodes import choice, shape, smallest, zone_labels
from rehearsal.nodes import Pool, Taint
from rehearsal.releases import NODE_AUTOSCALER, release
from slipway.checks.quantities import seconds

ADD_SECONDS = 4 * 60
"""From a pod that does not fit until a new node is Ready and its GPUs are advertised: an assumption; an instance joins
within two minutes, and the GPU operator validates it after that."""
IDLE_SECONDS = 10 * 60
"""How long the cluster autoscaler lets a node be idle unless told otherwise (its --scale-down-unneeded-time)."""

CLUSTER, NODE_GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
LAUNCH_TEMPLATE, SUBNET = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/subnet:Subnet"
DEFAULT_DISK_GIB = 20

_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}


def pools(recording: Recording, manifests: Sequence[Json] = ()) -> list[Pool]:
    """Return the pools of a stack, those without GPUs first.

    Args:
        recording: the stack.
        manifests: its Kubernetes objects, of which some may be Karpenter's.

    Raises:
        UnknownMachineError: a pool's instance type.
    """
    found = [_pool(recording, group) for group in recording.of(NODE_GROUP)]
    return sorted([*found, *karpenter_pools.pools(recording, manifests)], key=lambda pool: bool(pool.taints))


def choices(recording: Recording, manifests: Sequence[Json]) -> list[str]:
    """Say of which of several instance types the nodes of each pool are."""
    groups = [choice(group.name, _instance_types(recording, group)) for group in recording.of(NODE_GROUP)]
    return [line for lines in [*groups, karpenter_pools.choices(manifests)] for line in lines]


def idle_seconds(recording: Recording, manifests: Sequence[Json]) -> int:
    """Return how long what scales the stack's nodes lets a node be idle."""
    if (stated := karpenter_pools.idle_seconds(manifests)) is not None:
        return stated
    autoscaler = release(recording, NODE_AUTOSCALER)
    arguments: Mapping[str, Any] = autoscaler.values.get("extraArgs", {}) if autoscaler else {}
    text = str(arguments.get("scale-down-unneeded-time", ""))
    return int(seconds(text)) if text else IDLE_SECONDS


def _pool(recording: Recording, group: Resource) -> Pool:
    inputs: Mapping[str, Any] = group.inputs
    template = _template(recording, group)
    disks: Sequence[Mapping[str, Any]] = template.get("blockDeviceMappings", ())
    node = shape(
        recording,
        smallest(_instance_types(recording, group)),
        root_volume_gib=int(next((disk["ebs"]["volumeSize"] for disk in disks), DEFAULT_DISK_GIB)),
        interfaces=template.get("networkInterfaces", ()),
    )
    scaling: Mapping[str, int] = inputs["scalingConfig"]
    return Pool(
        name=group.name,
        minimum=scaling["minSize"],
        maximum=scaling["maxSize"] if release(recording, NODE_AUTOSCALER) else scaling["minSize"],
        labels={
            **node.labels,
            "eks.amazonaws.com/nodegroup": str(group.state.get("nodeGroupName", group.name)),
            "eks.amazonaws.com/capacityType": str(inputs.get("capacityType", "ON_DEMAND")),
            **zone_labels(_zone(recording, inputs["subnetIds"])),
            **inputs.get("labels", {}),
        },
        taints=tuple(
            Taint(each["key"], each.get("value", ""), _EFFECTS[each["effect"]]) for each in inputs.get("taints", ())
        ),
        capacity=node.capacity,
        allocatable=node.allocatable,
    )


def _instance_types(recording: Recording, group: Resource) -> Sequence[str]:
    """Return the types of a group: its own where there are several, or else that of its launch template."""
    return group.inputs.get("instanceTypes") or [str(_template(recording, group)["instanceType"])]


def _template(recording: Recording, group: Resource) -> Mapping[str, Any]:
    wanted = group.inputs["launchTemplate"]["id"]
    return next(each.inputs for each in recording.of(LAUNCH_TEMPLATE) if each.id == wanted)


def _zone(recording: Recording, subnets: Sequence[str]) -> str:
    zones = {each.id: str(each.inputs.get("availabilityZone", "")) for each in recording.of(SUBNET)}
    return zones.get(subnets[0], "") if subnets else ""
