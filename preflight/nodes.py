"""The nodes with chips that a recorded stack can have: what each pool takes, and where from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offline import Recording, Resource
from slipway.catalog.machines import Machine, Purchase
from slipway.catalog.quotas import QUOTAS, Key, counted, quota_of
from slipway.workload import POOL_LABEL

EC2_NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Nodes alike.

    Attributes:
        purchase: how they are had.
        max_nodes: most of them.
        zones: where they are; empty where the cloud chooses.
        reservation: name or id of the reservation or block that they come from, if any.
    """

    name: str
    machine: Machine
    purchase: Purchase
    max_nodes: int
    zones: tuple[str, ...] = ()
    reservation: str | None = None

    @property
    def path(self) -> str:
        """Where it is in the stack file."""
        return f"cluster.pools.{self.name}"


def pools(recording: Recording, provider: str) -> list[Pool]:
    """Return the pools of the judged servers whose machines are a provider's, by name."""
    places = {name: (zones, reservation) for name, zones, reservation in _places(recording)}
    found: dict[str, Pool] = {}
    for server in recording.judged.servers.values():
        zones, reservation = places.get(server.pool, ((), None))
        found[server.pool] = Pool(
            name=server.pool,
            machine=server.slice.machine,
            purchase=server.purchase,
            max_nodes=server.max_nodes,
            zones=zones,
            reservation=reservation,
        )
    return [pool for _, pool in sorted(found.items()) if pool.machine.provider == provider]


def wanted(found: list[Pool]) -> dict[Key, int]:
    """Return what the pools take at most of each quota, in the quota's unit."""
    sums: dict[Key, int] = {}
    for pool in found:
        if key := quota_of(pool.machine, pool.purchase):
            sums[key] = sums.get(key, 0) + pool.max_nodes * counted(pool.machine)
    return {key: sums[key] for key in QUOTAS if key in sums}


def _places(recording: Recording) -> Iterator[tuple[str, tuple[str, ...], str | None]]:
    """Yield name, zones and reservation of each pool that the stack makes."""
    by_id = {resource.id: resource for resource in recording.resources if resource.id}
    for resource in recording.of("gcp:container/nodePool:NodePool"):
        node: Mapping[str, Any] = resource.inputs.get("nodeConfig", {})
        if name := node.get("labels", {}).get(POOL_LABEL):
            reserved = node.get("reservationAffinity", {}).get("values", [None])
            yield name, tuple(resource.inputs.get("nodeLocations", ())), reserved[0]
    for resource in recording.of("aws:eks/nodeGroup:NodeGroup"):
        if name := resource.inputs.get("labels", {}).get(POOL_LABEL):
            zones = tuple(by_id[subnet].inputs["availabilityZone"] for subnet in resource.inputs["subnetIds"])
            yield name, zones, _reservation(by_id.get(resource.inputs.get("launchTemplate", {}).get("id")))
    for resource in recording.of("kubernetes:karpenter.sh/v1:NodePool"):
        template: Mapping[str, Any] = resource.inputs["spec"]["template"]
        name = template.get("metadata", {}).get("labels", {}).get(POOL_LABEL, resource.inputs["metadata"]["name"])
        requirements = template["spec"].get("requirements", [])
        classes = (each for each in recording.of(EC2_NODE_CLASS) if each.name == resource.name)
        terms = [term for each in classes for term in each.inputs["spec"].get("capacityReservationSelectorTerms", ())]
        zones = [each.get("values", ()) for each in requirements if each["key"] == "topology.kubernetes.io/zone"]
        yield name, tuple(zones[0]) if zones else (), terms[0]["id"] if terms else None


def _reservation(template: Resource | None) -> str | None:
    inputs: Mapping[str, Any] = template.inputs if template else {}
    target = inputs.get("capacityReservationSpecification", {}).get("capacityReservationTarget", {})
    return target.get("capacityReservationId")
