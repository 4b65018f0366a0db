"""A candidate as the value of `slipway:stack` that it would be: what a person goes on to edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from choose.request import Request
from slipway.catalog.machines import Purchase, Slice
from slipway.catalog.prices import price, regions

REGIONS = ("us-east-1", "us-east-2", "us-west-2")
"""Regions of AWS whose zones a and b every account has; the first is taken where prices are alike."""

OLDEST_VERSION, LEAST_DISK_GIB = "1.35", 100

WAITING_REQUESTS = 4
"""Average of waiting requests a replica above which one is added, to begin with."""

DOCUMENTATION_RANGE = "203.0.113.0/24"
"""Nobody has an address of it, and a preview says so until somebody writes another."""

CERTIFICATE = "arn:aws:acm:{region}:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
"""Nobody's; the region has to be that of the load balancer."""

RESERVATION, BLOCK = "my-reservation", "cr-0123456789abcdef0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One way to serve a request.

    Attributes:
        slice: what a replica runs on.
        purchase: how its nodes are had.
        where: the zone of GKE, or the region of AWS.
        tensor_parallel: devices of a replica.
        replicas: how many hold the load.
        sequences: requests that a replica takes at once.
        disk_gib: disk of a node.
    """

    request: Request
    name: str
    slice: Slice
    purchase: Purchase
    where: str
    tensor_parallel: int
    replicas: int
    sequences: int
    disk_gib: int = LEAST_DISK_GIB

    @property
    def stack(self) -> dict[str, Any]:
        """The value of `slipway:stack`."""
        of_cloud = self._gke if self.slice.machine.provider == "gke" else self._eks
        return {"name": self.name, **of_cloud(), "huggingFace": {"source": "kubernetes", "secret": "hf-secret"}} | {
            "servers": {"llm": self._server()}
        }

    @property
    def nodes(self) -> int:
        """Machines that hold the replicas: each has as many as its devices allow."""
        machine, devices = self.slice.machine, self.slice.devices
        if self.slice.hosts > 1:
            return self.replicas * self.slice.hosts
        return (
            -(-self.replicas // max(1, devices // self.tensor_parallel))
            if machine.chip.kind == "gpu"
            else self.replicas
        )

    def _gke(self) -> dict[str, Any]:
        machine = self.slice.machine
        version = max(OLDEST_VERSION, ".".join((machine.lowest_version or OLDEST_VERSION).split(".")[:2]), key=_numbers)
        pool: dict[str, Any] = {"machineType": machine.name}
        if len(machine.topologies) > 1:
            pool["topology"] = self.slice.topology
        capacity = {"type": self.purchase} | ({"name": RESERVATION} if self.purchase == "reservation" else {})
        pool |= {"capacity": capacity, "minNodes": 0, "maxNodes": self.nodes, "bootDiskGib": self.disk_gib}
        cluster = {
            "provider": "gke",
            "mode": "standard",
            "location": self.where,
            "releaseChannel": "rapid" if _numbers(version) > _numbers(OLDEST_VERSION) else "regular",
            "minVersion": version,
            "access": {"type": "dns"},
            "deletionProtection": False,
            "pools": {"llm": pool},
        }
        return {"cluster": cluster, "weights": {"keepOnDestroy": False}}

    def _eks(self) -> dict[str, Any]:
        capacity = {"type": self.purchase} | (
            {"id": BLOCK} if self.purchase in ("reservation", "capacity-block") else {}
        )
        pool: dict[str, Any] = {
            "instanceType": self.slice.machine.name,
            "capacity": capacity,
            "minNodes": 0,
            "maxNodes": self.nodes,
            "rootVolumeGib": self.disk_gib,
        }
        if self.purchase in ("reservation", "capacity-block"):
            pool["zones"] = [f"{self.where}a"]
        return {
            "network": {"zones": [f"{self.where}a", f"{self.where}b"], "nat": "single"},
            "cluster": {
                "provider": "eks",
                "version": "1.35",
                "publicAccess": {"office": DOCUMENTATION_RANGE},
                "deletionProtection": False,
                "pools": {"llm": pool},
            },
        }

    def _server(self) -> dict[str, Any]:
        server: dict[str, Any] = {
            "engine": "vllm",
            "model": self.request.model,
            "pool": "llm",
            "tensorParallel": self.tensor_parallel,
            "maxModelLen": self.request.context,
            "maxNumSeqs": self.sequences,
            "maxNumBatchedTokens": max(2048, self.sequences),
        }
        if self.purchase == "spot":
            server["drainSeconds"] = 25
        if self.request.source_ranges:
            certificate = CERTIFICATE.format(region=self.where)
            ranges = list(self.request.source_ranges)
            server["exposure"] = {"type": "public-alb", "certificateArn": certificate, "sourceRanges": ranges}
        server["autoscaling"] = {
            "metric": {"signal": "waiting-requests", "target": WAITING_REQUESTS},
            "minReplicas": 1,
            "maxReplicas": self.replicas,
        }
        return server


def where(slice_: Slice, purchase: Purchase) -> str | None:
    """Return the cheapest place where such machines can be had; one without a known price only where there is none."""
    places = _places(slice_, purchase)
    priced = {place: found.usd for place in places if (found := price(slice_.machine.name, _region(place), purchase))}
    return min(priced, key=lambda place: priced[place]) if priced else next(iter(places), None)


def _places(slice_: Slice, purchase: Purchase) -> Sequence[str]:
    machine = slice_.machine
    if machine.provider == "gke":
        return machine.zones(purchase) or ()
    known = regions(machine.name, purchase)
    return [region for region in REGIONS if region in known] or REGIONS[:1]


def _region(place: str) -> str:
    return place.rpartition("-")[0] if place[-1].isalpha() else place


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def config(draft: Draft) -> Mapping[str, Any]:
    """Return everything that the stack file holds below `config`."""
    project = {"gcp:project": "my-project"} if draft.slice.machine.provider == "gke" else {}
    return {**project, "slipway:stack": draft.stack}
