"""The nodes that a recorded GKE stack would have: of its node pools, or of what its pods ask Autopilot for.

Labels are the pool's own and those that GKE sets; a pool over several zones has all its nodes in the first. Autopilot's
nodes have no bound of their own: as many are made as its autoscalers can ask for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from offline import Recording, Resource
from rehearsal.client import Json
from rehearsal.gke_nodes import CHIP_TAINTS, TOPOLOGY, TPU, ordinary, shape
from rehearsal.nodes import Pool, Taint
from slipway.catalog.machines import MACHINES, TPU_RESOURCE, slices_of

ADD_SECONDS = 4 * 60
"""From a pod that does not fit until a new node is Ready: an assumption; GKE says "several minutes" of TPU nodes."""
REMOVE_SECONDS = 10 * 60
"""How long the cluster autoscaler lets a node be idle (its --scale-down-unneeded-time)."""

CLUSTER, NODE_POOL = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"

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
    topology: str = inputs.get("placementPolicy", {}).get("tpuTopology", "")
    minimum, maximum = _bounds(inputs)
    made = shape(node["machineType"], topology=topology, node=node)
    return Pool(
        name=resource.name,
        minimum=minimum,
        maximum=maximum,
        labels={
            "cloud.google.com/gke-nodepool": str(resource.state["name"]),
            **made.labels,
            **_capacity_labels(node),
            **_zone_labels(inputs.get("nodeLocations", ())),
            **node.get("labels", {}),
        },
        taints=_taints(node),
        capacity=made.capacity,
        allocatable=made.allocatable,
        step=maximum if topology else 1,
    )


def _taints(node: Mapping[str, Any]) -> tuple[Taint, ...]:
    """Return the taints that a pool states, and that of its chips."""
    stated = tuple(Taint(each["key"], each["value"], _EFFECTS[each["effect"]]) for each in node.get("taints", ()))
    machine = MACHINES.get(node["machineType"])
    if machine is None or machine.chip.resource in {taint.key for taint in stated}:
        return stated
    return (*stated, CHIP_TAINTS[machine.chip.resource])


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


def _autopilot(manifests: list[Json]) -> list[Pool]:
    # Nodes for pods without chips, of which Autopilot does not say what they are; none of them is a chip's node.
    general = ordinary("autopilot")
    found = {general.name: general}
    for manifest in manifests:
        pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
        selector: Mapping[str, str] = pod.get("nodeSelector", {})
        if TPU in selector:
            pool = _slices(selector, _requested_chips(pod), _most_replicas(manifest, manifests))
            others = found[pool.name].maximum if pool.name in found else 0
            found[pool.name] = replace(pool, maximum=others + pool.maximum)
    return list(found.values())


def _slices(selector: Mapping[str, str], chips: int, replicas: int) -> Pool:
    asked = next(
        each
        for each in slices_of(MACHINES.values())
        if (each.machine.chip.label, each.topology) == (selector[TPU], selector[TOPOLOGY])
        and each.machine.chips == chips
    )
    made = shape(asked.machine.name, topology=selector[TOPOLOGY])
    return Pool(
        name="-".join(["autopilot", asked.machine.name, selector[TOPOLOGY]]),
        minimum=0,
        maximum=replicas * asked.hosts,
        labels={**made.labels, **selector},
        taints=(CHIP_TAINTS[TPU_RESOURCE],),
        capacity=made.capacity,
        allocatable=made.allocatable,
        step=asked.hosts,
    )


def _requested_chips(pod: Mapping[str, Any]) -> int:
    return sum(int(each.get("resources", {}).get("limits", {}).get(TPU_RESOURCE, 0)) for each in pod["containers"])


def _most_replicas(workload: Json, manifests: Iterable[Json]) -> int:
    autoscalers = (each["spec"] for each in manifests if each["kind"] == "HorizontalPodAutoscaler")
    name = workload["metadata"]["name"]
    return next((each["maxReplicas"] for each in autoscalers if each["scaleTargetRef"]["name"] == name), 1)
