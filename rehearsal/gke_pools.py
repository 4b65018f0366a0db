"""The nodes that a recorded GKE stack would have: of its node pools, or of what its pods ask Autopilot for.

Labels are the pool's own and those that GKE sets; a pool over several zones has all its nodes in the first. Autopilot's
nodes have no bound of their own: as many are made as its autoscalers can ask for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

from catalog.accelerators import TPU_MACHINES, TPU_RESOURCE, TpuMachine
from offline import Recording, Resource
from rehearsal.client import Json
from rehearsal.gke_machines import Machine
from rehearsal.nodes import Pool, Taint

ADD_SECONDS = 4 * 60
"""From a pod that does not fit until a new node is Ready: an assumption; GKE says "several minutes" of TPU nodes."""
REMOVE_SECONDS = 10 * 60
"""How long the cluster autoscaler lets a node be idle (its --scale-down-unneeded-time)."""

AUTOPILOT_MACHINE, AUTOPILOT_MAXIMUM = "e2-standard-8", 10
"""Nodes for pods without chips on Autopilot, which does not say what it uses; none of them is a chip's node."""

CLUSTER, NODE_POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
ACCELERATOR, TOPOLOGY = "cloud.google.com/gke-tpu-accelerator", "cloud.google.com/gke-tpu-topology"
TPU_TAINT = Taint(TPU_RESOURCE, "present", "NoSchedule")

_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}


def pools(recording: Recording, manifests: Iterable[Json]) -> list[Pool]:
    """Return the pools of a stack, those without chips first.

    Args:
        recording: the stack.
        manifests: its Kubernetes objects, which decide what Autopilot makes.

    Raises:
        UnknownMachineError: a pool's machine type.
    """
    [cluster] = recording.of(CLUSTER)
    if cluster.inputs.get("enableAutopilot"):
        found = _autopilot(list(manifests))
    else:
        found = [_pool(resource) for resource in recording.of(NODE_POOL)]
    return sorted(found, key=lambda pool: bool(pool.taints))


def _pool(resource: Resource) -> Pool:
    inputs: Mapping[str, Any] = resource.inputs
    node: Mapping[str, Any] = inputs["nodeConfig"]
    machine_type: str = node["machineType"]
    topology: str = inputs.get("placementPolicy", {}).get("tpuTopology", "")
    minimum, maximum = _bounds(inputs)
    machine, tpu = Machine.named(machine_type), TPU_MACHINES.get(machine_type)
    hosts = maximum if topology else 1
    return Pool(
        name=resource.name,
        minimum=minimum,
        maximum=maximum,
        labels={
            "cloud.google.com/gke-nodepool": str(resource.state["name"]),
            **_gke_labels(machine_type, tpu, topology),
            **_capacity_labels(node),
            **_zone_labels(inputs.get("nodeLocations", ())),
            **node.get("labels", {}),
        },
        taints=tuple(Taint(each["key"], each["value"], _EFFECTS[each["effect"]]) for each in node.get("taints", ())),
        capacity=machine.capacity,
        allocatable=machine.allocatable,
        step=hosts,
    )


def _bounds(inputs: Mapping[str, Any]) -> tuple[int, int]:
    """Return the fewest and the most nodes over all zones."""
    scaling: Mapping[str, int] = inputs.get("autoscaling", {})
    if "totalMaxNodeCount" in scaling:
        return scaling.get("totalMinNodeCount", 0), scaling["totalMaxNodeCount"]
    zones = max(len(inputs.get("nodeLocations", ())), 1)
    if "maxNodeCount" in scaling:
        return scaling.get("minNodeCount", 0) * zones, scaling["maxNodeCount"] * zones
    fixed: int = inputs.get("nodeCount", inputs.get("initialNodeCount", 0)) * zones
    return fixed, fixed


def _gke_labels(machine_type: str, tpu: TpuMachine | None, topology: str) -> dict[str, str]:
    labels = {
        "node.kubernetes.io/instance-type": machine_type,
        "cloud.google.com/machine-family": machine_type.partition("-")[0],
    }
    if tpu:
        # A pool whose slices have one host states no topology.
        whole = next((each for each in tpu.topologies if _chips(each) == tpu.chips), "")
        labels |= {ACCELERATOR: tpu.generation.accelerator, TOPOLOGY: topology or whole}
    return labels


def _capacity_labels(node: Mapping[str, Any]) -> dict[str, str]:
    labels: dict[str, str] = {}
    if node.get("spot"):
        labels["cloud.google.com/gke-spot"] = "true"
    if node.get("flexStart"):
        labels["cloud.google.com/gke-flex-start"] = "true"
    if names := node.get("reservationAffinity", {}).get("values"):
        labels["cloud.google.com/reservation-name"] = names[0].rpartition("/")[2]
    return labels


def _zone_labels(zones: Iterable[str]) -> dict[str, str]:
    zone = next(iter(zones), "")
    return {"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": zone[:-2]} if zone else {}


def _chips(topology: str) -> int:
    return prod(map(int, topology.split("x")))


def _autopilot(manifests: list[Json]) -> list[Pool]:
    machine = Machine.named(AUTOPILOT_MACHINE)
    general = Pool(
        name="autopilot",
        minimum=1,
        maximum=AUTOPILOT_MAXIMUM,
        labels=_gke_labels(AUTOPILOT_MACHINE, None, ""),
        capacity=machine.capacity,
        allocatable=machine.allocatable,
    )
    found = {general.name: general}
    for manifest in manifests:
        pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
        selector: Mapping[str, str] = pod.get("nodeSelector", {})
        if ACCELERATOR in selector:
            pool = _slices(selector, _requested_chips(pod), _most_replicas(manifest, manifests))
            others = found[pool.name].maximum if pool.name in found else 0
            found[pool.name] = replace(pool, maximum=others + pool.maximum)
    return list(found.values())


def _slices(selector: Mapping[str, str], chips: int, replicas: int) -> Pool:
    tpu = next(
        each
        for each in TPU_MACHINES.values()
        if each.generation.accelerator == selector[ACCELERATOR]
        and each.chips == chips
        and selector[TOPOLOGY] in each.topologies
    )
    hosts, machine = _chips(selector[TOPOLOGY]) // tpu.chips, Machine.named(tpu.name)
    return Pool(
        name="-".join(["autopilot", tpu.name, selector[TOPOLOGY]]),
        minimum=0,
        maximum=replicas * hosts,
        labels={**_gke_labels(tpu.name, tpu, selector[TOPOLOGY]), **selector},
        taints=(TPU_TAINT,),
        capacity=machine.capacity,
        allocatable=machine.allocatable,
        step=hosts,
    )


def _requested_chips(pod: Mapping[str, Any]) -> int:
    return sum(int(each.get("resources", {}).get("limits", {}).get(TPU_RESOURCE, 0)) for each in pod["containers"])


def _most_replicas(workload: Json, manifests: Iterable[Json]) -> int:
    autoscalers = (each["spec"] for each in manifests if each["kind"] == "HorizontalPodAutoscaler")
    name = workload["metadata"]["name"]
    return next((each["maxReplicas"] for each in autoscalers if each["scaleTargetRef"]["name"] == name), 1)
