"""The nodes with chips that a recorded stack can have: what each pool takes, and where from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offline import Recording, Resource
from slipway.catalog.machines import MACHINES, Machine, Purchase
from slipway.catalog.quotas import QUOTAS, Key, taken_of
from slipway.workload import POOL_LABEL

EC2_NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
KARPENTER_KEYS = ("node.kubernetes.io/instance-type", "topology.kubernetes.io/zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Nodes alike.

    Attributes:
        machines: those that they may be, first the one that was judged first.
        purchase: how they are had.
        max_nodes: most of them.
        zones: where they are; empty where the cloud chooses.
        reservation: name or id of the reservation or block that they come from, if any.
    """

    name: str
    machines: tuple[Machine, ...]
    purchase: Purchase
    max_nodes: int
    zones: tuple[str, ...] = ()
    reservation: str | None = None

    @property
    def machine(self) -> Machine:
        """The first of them, and the only one where they are reserved."""
        return self.machines[0]

    @property
    def path(self) -> str:
        """Where it is in the stack file."""
        return f"cluster.pools.{self.name}"


def pools(recording: Recording, provider: str) -> list[Pool]:
    """Return the pools of the judged servers whose machines are a provider's, by name."""
    places = {name: (names, zones, reservation) for name, names, zones, reservation in _places(recording)}
    found: dict[str, Pool] = {}
    for server in recording.judged.servers.values():
        names, zones, reservation = places.get(server.pool, ((), (), None))
        found[server.pool] = Pool(
            name=server.pool,
            machines=tuple(MACHINES[name] for name in names) or (server.slice.machine,),
            purchase=server.purchase,
            max_nodes=server.max_nodes,
            zones=zones,
            reservation=reservation,
        )
    return [pool for _, pool in sorted(found.items()) if pool.machine.provider == provider]


def wanted(found: list[Pool]) -> dict[Key, int]:
    """Return what the pools take at most of each quota, in its unit: of several machines, of those that take most."""
    sums: dict[Key, int] = {}
    for pool in found:
        for key, most in taken_of(pool.machines, pool.purchase).items():
            sums[key] = sums.get(key, 0) + pool.max_nodes * most
    return {key: sums[key] for key in QUOTAS if key in sums}


def system_nodes(recording: Recording) -> Iterator[tuple[str, int]]:
    """Yield machine type and most nodes of each pool without chips."""
    by_id = _by_id(recording)
    for resource in recording.of("aws:eks/nodeGroup:NodeGroup"):
        if POOL_LABEL not in resource.inputs.get("labels", {}):
            for name in _instance_types(resource, by_id):
                yield name, int(resource.inputs["scalingConfig"]["maxSize"])
    for resource in recording.of("gcp:container/nodePool:NodePool"):
        node: Mapping[str, Any] = resource.inputs.get("nodeConfig", {})
        if POOL_LABEL not in node.get("labels", {}):
            yield node["machineType"], int(resource.inputs["autoscaling"]["totalMaxNodeCount"])


def _by_id(recording: Recording) -> Mapping[str, Resource]:
    return {resource.id: resource for resource in recording.resources if resource.id}


def _places(recording: Recording) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...], str | None]]:
    """Yield name, machines, zones and reservation of each pool that the stack makes."""
    by_id = _by_id(recording)
    for resource in recording.of("gcp:container/nodePool:NodePool"):
        node: Mapping[str, Any] = resource.inputs.get("nodeConfig", {})
        if name := node.get("labels", {}).get(POOL_LABEL):
            reserved = node.get("reservationAffinity", {}).get("values", [None])
            yield name, (node["machineType"],), tuple(resource.inputs.get("nodeLocations", ())), reserved[0]
    for resource in recording.of("aws:eks/nodeGroup:NodeGroup"):
        if name := resource.inputs.get("labels", {}).get(POOL_LABEL):
            zones = tuple(by_id[subnet].inputs["availabilityZone"] for subnet in resource.inputs["subnetIds"])
            yield name, _instance_types(resource, by_id), zones, _reservation(_template(resource, by_id))
    for resource in recording.of("kubernetes:karpenter.sh/v1:NodePool"):
        template: Mapping[str, Any] = resource.inputs["spec"]["template"]
        name = template.get("metadata", {}).get("labels", {}).get(POOL_LABEL, resource.inputs["metadata"]["name"])
        required = {each["key"]: tuple(each.get("values", ())) for each in template["spec"].get("requirements", [])}
        classes = (each for each in recording.of(EC2_NODE_CLASS) if each.name == resource.name)
        terms = [term for each in classes for term in each.inputs["spec"].get("capacityReservationSelectorTerms", ())]
        names, zones = (required.get(key, ()) for key in KARPENTER_KEYS)
        yield name, names, zones, terms[0]["id"] if terms else None


def _template(node_group: Resource, by_id: Mapping[str, Resource]) -> Resource | None:
    return by_id.get(node_group.inputs.get("launchTemplate", {}).get("id"))


def _instance_types(node_group: Resource, by_id: Mapping[str, Resource]) -> tuple[str, ...]:
    """Return the types of a node group's nodes, which itself or its launch template names."""
    template = _template(node_group, by_id)
    named = template.inputs.get("instanceType") if template else None
    return tuple(node_group.inputs.get("instanceTypes", ())) or ((named,) if named else ())


def _reservation(template: Resource | None) -> str | None:
    inputs: Mapping[str, Any] = template.inputs if template else {}
    target = inputs.get("capacityReservationSpecification", {}).get("capacityReservationTarget", {})
    return target.get("capacityReservationId")
