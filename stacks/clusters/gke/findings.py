"""Judgement over a GKE cluster, its pools and what is around them."""

from collections.abc import Iterator

from slipway.catalog.gke_version import ClusterVersion
from slipway.catalog.machines import known
from slipway.catalog.machines.general import gce_room
from slipway.checks import Finding
from slipway.checks.names import bucket_findings, project_findings, reservation_findings
from slipway.checks.placement import bound_findings, machine_findings, region_findings, twice_findings, zone_findings
from slipway.gke.settings import PoolArgs, Reservation, StandardClusterArgs, StandardPoolArgs, region_of
from stacks.charts import value_findings
from stacks.clusters.buckets import bucket_findings as readable_findings
from stacks.clusters.buckets import read_only_findings
from stacks.clusters.gke import GkeStack
from stacks.clusters.gke.network import network_findings
from stacks.clusters.gke.system import system_machine_findings, version_findings
from stacks.quota import pools_take
from stacks.surroundings import Surroundings

MAINTENANCE_HOURS = 48
"""What GKE wants to be open for upgrades within 32 days."""


def findings(stack: GkeStack, surroundings: Surroundings) -> Iterator[Finding]:
    """Yield everything that is wrong, in the order of the stack file."""
    if not surroundings.project:
        message = "is missing: a stack lives in one project"
        yield Finding("keys.project", "gcp:project", message, "run pulumi config set gcp:project <id>")
    else:
        yield from project_findings("gcp:project", surroundings.project)
    yield from bucket_findings("name", stack.name)
    yield from network_findings(stack)
    yield from _cluster(stack)
    yield from _channels(stack, surroundings)
    yield from stack.quota.findings(pools_take(stack.pools.values()))
    for name, pool in stack.cluster.pools.items():
        yield from _pool(stack, f"cluster.pools.{name}", pool)
    yield from readable_findings(stack, "gs://")
    yield from read_only_findings(stack)
    groups = ["leader_worker_set"] if any(pool.hosts > 1 for pool in stack.pools.values()) else []
    machine = stack.cluster.system_pool.machine_type if isinstance(stack.cluster, StandardClusterArgs) else ""
    yield from value_findings(
        stack,
        stack.values,
        installed=groups,
        own_cluster=True,
        driver=None,
        machine=machine,
        room=gce_room(machine),
    )


def _channels(stack: GkeStack, surroundings: Surroundings) -> Iterator[Finding]:
    """Say which channels no alert of the project reaches."""
    for channel in stack.alert_channels:
        owner = channel.split("/")[1]
        if surroundings.project and owner != surroundings.project:
            message = (
                f"{channel} is of the project {owner}, and alerts of {surroundings.project} tell channels of theirs"
            )
            remedy = f"make one in {surroundings.project}: gcloud beta monitoring channels list shows its name"
            yield Finding("names.alert-channel", "alertChannels", message, remedy)


def _cluster(stack: GkeStack) -> Iterator[Finding]:
    window = stack.cluster.maintenance_window
    if window and window.hours_in_32_days < MAINTENANCE_HOURS:
        yield Finding(
            "cluster.maintenance-window",
            "cluster.maintenanceWindow",
            f"{window.hours_in_32_days} hours within 32 days are fewer than the {MAINTENANCE_HOURS} that GKE wants",
            "add days or lengthen the window",
        )
    yield from version_findings("cluster.minVersion", stack.cluster.min_version)
    if isinstance(stack.cluster, StandardClusterArgs) and not stack.cluster.dataplane_v2:
        message = "false leaves nobody who enforces network policies: every pod of the cluster reaches every server"
        remedy = "write true; a change replaces the cluster"
        yield Finding("cluster.no-network-policies", "cluster.dataplaneV2", message, remedy, "warning")
    system = stack.cluster.system_pool if isinstance(stack.cluster, StandardClusterArgs) else None
    if system:
        yield from system_machine_findings("cluster.systemPool.machineType", system.machine_type)
    if system and system.max_nodes < system.min_nodes:
        message = f"{system.max_nodes} is below minNodes {system.min_nodes}"
        remedy = f"raise maxNodes to {system.min_nodes} or lower minNodes"
        yield Finding("placement.bounds", "cluster.systemPool.maxNodes", message, remedy)


def _pool(stack: GkeStack, path: str, pool: PoolArgs) -> Iterator[Finding]:
    purchase, zones = pool.capacity.type, stack.zones(pool)
    version = ClusterVersion.parse(stack.cluster.min_version)
    yield from machine_findings(
        path, [pool.machine_type], purchase, provider="gke", topology=pool.topology, version=version
    )
    machines = known([pool.machine_type], "gke")
    if isinstance(pool.capacity, Reservation):
        yield from reservation_findings(f"{path}.capacity.name", pool.capacity.name)
    if isinstance(pool, StandardPoolArgs):
        yield from _zones(stack, path, zones)
        yield from twice_findings(f"{path}.zones", pool.zones)
        where = f"{path}.zones" if pool.zones else "cluster.location"
        yield from zone_findings(where, machines, purchase, zones)
        judged = stack.pools.get(path.rpartition(".")[2])
        yield from bound_findings(
            path,
            purchase=purchase,
            min_nodes=pool.min_nodes,
            max_nodes=pool.max_nodes,
            zones=zones,
            slice_=judged.slice if judged else None,
        )
        return
    for machine in machines:
        yield from region_findings("cluster.location", machine, purchase, stack.cluster.location)
        if machine.chip.kind == "gpu":
            message = f"{machine.name} has GPUs, and Slipway asks Autopilot for TPU slices only"
            yield Finding("cluster.autopilot-gpus", f"{path}.machineType", message, "write cluster.mode: standard")


def _zones(stack: GkeStack, path: str, zones: tuple[str, ...]) -> Iterator[Finding]:
    if not zones:
        yield Finding(
            "placement.no-zones",
            f"{path}.zones",
            f"is missing: the cluster is in region {stack.cluster.location}, whose zones do not all have the machines",
            "name the zones of the pool",
        )
    for zone in zones:
        if region_of(zone) != stack.region:
            message = f"{zone!r} is not in {stack.region}, where the cluster is"
            yield Finding("placement.zone-elsewhere", f"{path}.zones", message, f"name zones of {stack.region}")
