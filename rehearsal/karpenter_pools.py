"""The nodes that Karpenter would make for the NodePools of a recorded stack.

Each has the one instance type of its requirements, in the first of its zones; how many there may be follows from the
limit on GPUs. Karpenter's choice between instance types and its consolidation of nodes in use are not played.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from offline import Recording
from rehearsal.client import Json
from rehearsal.eks_nodes import choice, shape, smallest, zone_labels
from rehearsal.nodes import Pool, Taint
from slipway.catalog.machines import GPU_RESOURCE, MACHINES
from slipway.checks.quantities import seconds

NODE_POOL, NODE_CLASS = ("karpenter.sh/v1", "NodePool"), ("karpenter.k8s.aws/v1", "EC2NodeClass")
INSTANCE_TYPE, ZONE = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone"
DEFAULT_DISK_GIB = 20


def pools(recording: Recording, manifests: Iterable[Json]) -> list[Pool]:
    """Return the pools of a stack's NodePools that are bounded by their GPUs.

    Raises:
        UnknownMachineError: a pool's instance type.
    """
    objects = list(manifests)
    classes = {each["metadata"]["name"]: each["spec"] for each in objects if _is(each, NODE_CLASS)}
    found = [each for each in objects if _is(each, NODE_POOL) and GPU_RESOURCE in each["spec"].get("limits", {})]
    return [_pool(recording, each, classes[_class_of(each)]) for each in found]


def idle_seconds(manifests: Iterable[Json]) -> int | None:
    """Return how long the stack's NodePools let a node be idle, the longest of them; None if it has none."""
    stated = [
        each["spec"].get("disruption", {}).get("consolidateAfter", "") for each in manifests if _is(each, NODE_POOL)
    ]
    return max((int(seconds(each)) for each in stated if each not in ("", "Never")), default=None)


def _pool(recording: Recording, node_pool: Json, node_class: Json) -> Pool:
    template: Json = node_pool["spec"]["template"]
    wanted = {each["key"]: str(each["values"][0]) for each in template["spec"]["requirements"] if each.get("values")}
    wanted[INSTANCE_TYPE] = instance_type = smallest(_instance_types(node_pool))
    disks: Iterable[Mapping[str, Any]] = node_class.get("blockDeviceMappings", ())
    size = next((str(disk["ebs"]["volumeSize"]) for disk in disks), f"{DEFAULT_DISK_GIB}Gi")
    node = shape(
        recording,
        instance_type,
        root_volume_gib=int(size.removesuffix("Gi")),
        interfaces=node_class.get("networkInterfaces", ()),
    )
    gpus = MACHINES[instance_type].chips if instance_type in MACHINES else 0
    name: str = node_pool["metadata"]["name"]
    return Pool(
        name=name,
        minimum=0,
        maximum=int(node_pool["spec"]["limits"][GPU_RESOURCE]) // gpus if gpus else 0,
        labels={
            "karpenter.sh/nodepool": name,
            **wanted,
            **node.labels,
            **zone_labels(wanted.get(ZONE, "")),
            **template.get("metadata", {}).get("labels", {}),
        },
        taints=tuple(
            Taint(each["key"], each.get("value", ""), each["effect"]) for each in template["spec"].get("taints", ())
        ),
        capacity=node.capacity,
        allocatable=node.allocatable,
    )


def choices(manifests: Iterable[Json]) -> list[str]:
    """Say of which of several instance types the nodes of each NodePool are."""
    found = [each for each in manifests if _is(each, NODE_POOL) and GPU_RESOURCE in each["spec"].get("limits", {})]
    return [line for each in found for line in choice(each["metadata"]["name"], _instance_types(each))]


def _instance_types(node_pool: Json) -> list[str]:
    requirements: Iterable[Json] = node_pool["spec"]["template"]["spec"]["requirements"]
    return next(each["values"] for each in requirements if each["key"] == INSTANCE_TYPE)


def _class_of(node_pool: Json) -> str:
    return node_pool["spec"]["template"]["spec"]["nodeClassRef"]["name"]


def _is(manifest: Json, kind: tuple[str, str]) -> bool:
    return (manifest["apiVersion"], manifest["kind"]) == kind
