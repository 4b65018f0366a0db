"""Whether Google Cloud has the TPU nodes that a pool asks for."""

from collections.abc import Iterable, Sequence

from catalog.accelerators import FLEX_START_GKE_VERSION, TPU_MACHINES, Provisioning, TpuMachine, TpuSlice, tpu_slice
from catalog.gke_version import GkeVersion
from checks import Finding


def slice_findings(path: str, machine_type: str, topology: str) -> list[Finding]:
    """Judge a machine type and the topology that its machines are to form."""
    machine = TPU_MACHINES.get(machine_type)
    if machine is None:
        return [
            Finding(
                "placement.slice",
                f"{path}.machineType",
                f"{machine_type!r} is not a TPU machine of the catalog",
                f"use {_listed(TPU_MACHINES)}",
            )
        ]
    if topology not in machine.topologies:
        others = [name for name, other in TPU_MACHINES.items() if topology in other.topologies]
        instead = f", or make {topology} of {_listed(others)}" if others else ""
        return [
            Finding(
                "placement.slice",
                f"{path}.topology",
                f"{topology!r} is no slice of {machine_type}, whose machines have {_chips(machine.chips)}",
                f"use {_listed(machine.topologies)}{instead}",
            )
        ]
    return []


def pool_findings(
    path: str,
    machine_type: str,
    topology: str,
    *,
    provisioning: Provisioning,
    min_nodes: int,
    max_nodes: int,
    zones: Sequence[str],
    zones_path: str,
    version: GkeVersion,
) -> list[Finding]:
    """Judge a node pool: its slice, its zones, its bounds and the way its nodes are had.

    Args:
        path: where the pool is in the stack file.
        zones: where its nodes are.
        zones_path: where the stack file says so: with the pool, or with the cluster.
        version: the lowest that the cluster may have.
    """
    findings = slice_findings(path, machine_type, topology)
    machine = TPU_MACHINES.get(machine_type)
    if machine is None:
        return findings
    findings += provisioning_findings(path, machine_type, provisioning, version)
    findings += _zone_findings(zones_path, machine, provisioning, zones)
    if max_nodes < min_nodes:
        findings.append(
            Finding(
                "placement.pool",
                f"{path}.maxNodes",
                f"{max_nodes} is below minNodes {min_nodes}",
                f"raise maxNodes to {min_nodes} or lower minNodes",
            )
        )
    if topology in machine.topologies:
        findings += _bound_findings(path, tpu_slice(machine_type, topology), provisioning, min_nodes, max_nodes, zones)
    return findings


def region_findings(path: str, machine_type: str, provisioning: Provisioning, region: str) -> list[Finding]:
    """Judge a region whose zones GKE chooses from (Autopilot)."""
    machine = TPU_MACHINES.get(machine_type)
    if machine is None:
        return []
    offered = sorted({zone.rpartition("-")[0] for zone in machine.generation.zones_for(provisioning)})
    if region in offered:
        return []
    return [
        Finding(
            "placement.region",
            path,
            f"{region!r} has no zone with TPU {machine.generation.name} and {provisioning} capacity",
            f"use {_listed(offered)}",
        )
    ]


def provisioning_findings(
    path: str, machine_type: str, provisioning: Provisioning, version: GkeVersion
) -> list[Finding]:
    """Judge whether the cluster's version has these machines, and had in this way."""
    machine = TPU_MACHINES.get(machine_type)
    if machine is None:
        return []
    needs = {f"TPU {machine.generation.name}": machine.generation.gke_version}
    if provisioning == "flex-start":
        needs["flex-start capacity"] = FLEX_START_GKE_VERSION
    return [
        Finding(
            "placement.provisioning",
            "cluster.minVersion",
            f"{str(version)!r} is older than {lowest}, the first version with {what}, which {path} uses",
            f"write {lowest} or newer; a prefix such as 1.36 means its newest version",
        )
        for what, lowest in needs.items()
        if version < GkeVersion.parse(lowest)
    ]


def _zone_findings(path: str, machine: TpuMachine, provisioning: Provisioning, zones: Sequence[str]) -> list[Finding]:
    generation = machine.generation
    offered = generation.zones_for(provisioning)
    findings: list[Finding] = []
    for zone in zones:
        if zone in offered:
            continue
        if zone in generation.single_tenant_zones:
            reason = f"{zone!r} gives TPU {generation.name} to the holders of a reservation only"
        else:
            reason = f"{zone!r} has no TPU {generation.name} with {provisioning} capacity"
        findings.append(Finding("placement.zone", path, reason, f"use {_listed(offered)}"))
    return findings


def _bound_findings(
    path: str,
    chips: TpuSlice,
    provisioning: Provisioning,
    min_nodes: int,
    max_nodes: int,
    zones: Sequence[str],
) -> list[Finding]:
    findings: list[Finding] = []
    one_zone = "a reservation is in one zone" if provisioning == "reservation" else None
    if chips.hosts > 1:
        one_zone = f"the {chips.hosts} machines of a {chips.topology} slice stand together"
        if min_nodes != 0:
            findings.append(
                Finding(
                    "placement.bound",
                    f"{path}.minNodes",
                    f"{min_nodes} nodes cannot be kept: GKE makes and removes all {chips.hosts} machines of a "
                    f"{chips.topology} slice at once",
                    "write 0",
                )
            )
        if max_nodes % chips.hosts:
            findings.append(
                Finding(
                    "placement.bound",
                    f"{path}.maxNodes",
                    f"{max_nodes} nodes are no whole number of {chips.topology} slices of {chips.hosts} machines",
                    f"write a multiple of {chips.hosts}",
                )
            )
    if provisioning == "flex-start" and min_nodes != 0:
        findings.append(
            Finding(
                "placement.bound",
                f"{path}.minNodes",
                f"{min_nodes} flex-start nodes cannot be kept: they start when pods wait and end within a week",
                "write 0",
            )
        )
    if one_zone and len(zones) > 1:
        findings.append(
            Finding(
                "placement.bound", f"{path}.zones", f"{len(zones)} zones are given, but {one_zone}", "keep one of them"
            )
        )
    return findings


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _chips(count: int) -> str:
    return f"{count} chip" if count == 1 else f"{count} chips"
