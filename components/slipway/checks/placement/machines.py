"""Whether there are such machines: in the catalog, sold this way, forming that slice, in this version and zone."""

from collections.abc import Iterator, Sequence

from slipway.catalog.gke_version import ClusterVersion
from slipway.catalog.machines import FLEX_START_VERSIONS, MACHINES, Machine, Provider, Purchase
from slipway.checks import Finding
from slipway.checks.wording import listed, nearest


def machine_findings(
    path: str,
    names: Sequence[str],
    purchase: Purchase | None,
    *,
    provider: Provider | None,
    topology: str | None = None,
    version: ClusterVersion | None = None,
    machine_key: str = "machineType",
) -> list[Finding]:
    """Judge the machine types of a pool, the slice they are to form and the way its nodes are had.

    Args:
        path: where the pool is in the stack file.
        names: its machine types.
        purchase: how its nodes are had; None where they are there already.
        provider: who manages its nodes; None where anybody may.
        topology: the slice of TPU machines; None where the stack file names none.
        version: the lowest that the cluster may have; None where it is not judged.
        machine_key: the pool's key that names its machine types.
    """
    findings: list[Finding] = []
    if len(set(names)) < len(names):
        twice = Finding("placement.machine-twice", f"{path}.{machine_key}", "names a machine twice", "name each once")
        findings.append(twice)
    known = [name for name, machine in MACHINES.items() if provider in (machine.provider, None)]
    for name in names:
        if name not in known:
            message = f"{name!r} is not a machine of the catalog"
            remedy = f"use {nearest(name, known)}"
            findings.append(Finding("placement.machine", f"{path}.{machine_key}", message, remedy))
            continue
        machine = MACHINES[name]
        findings += _slice_findings(path, machine, topology)
        if purchase is not None and purchase not in machine.purchases:
            message = f"{name} is not sold as {purchase}"
            remedy = f"use {listed(machine.purchases)}"
            findings.append(Finding("placement.purchase", f"{path}.capacity.type", message, remedy))
        elif version:
            findings += _version_findings(path, machine, purchase, version)
    return findings


def _slice_findings(path: str, machine: Machine, topology: str | None) -> Iterator[Finding]:
    if machine.topology(topology) in (machine.topologies or (None,)):
        return
    topology_path = f"{path}.topology"
    if not machine.topologies:
        message = f"{topology!r} is an arrangement of TPU chips, and {machine.name} has GPUs"
        yield Finding("placement.topology", topology_path, message, "leave it out")
        return
    if topology is None:
        message = f"is missing: {machine.name} forms slices"
    else:
        chips = f"{machine.chips} chip" if machine.chips == 1 else f"{machine.chips} chips"
        message = f"{topology!r} is no slice of {machine.name}, whose machines have {chips}"
    others = [each.name for each in MACHINES.values() if each.chip == machine.chip and topology in each.topologies]
    instead = f", or make {topology} of {nearest(machine.name, others)}" if others else ""
    yield Finding("placement.topology", topology_path, message, f"use {listed(machine.topologies)}{instead}")


def _version_findings(
    path: str, machine: Machine, purchase: Purchase | None, version: ClusterVersion
) -> Iterator[Finding]:
    needs = {_subject(machine): machine.lowest_version}
    if purchase == "flex-start":
        needs["flex-start capacity"] = FLEX_START_VERSIONS[machine.chip.kind]
    for what, lowest in needs.items():
        if lowest and version < ClusterVersion.parse(lowest):
            message = f"{str(version)!r} is older than {lowest}, the first version with {what}, which {path} uses"
            remedy = f"write {lowest} or newer; a prefix such as 1.36 means its newest version"
            yield Finding("placement.version", "cluster.minVersion", message, remedy, about=path)


def zone_findings(path: str, machines: Sequence[Machine], purchase: Purchase, zones: Sequence[str]) -> list[Finding]:
    """Judge the zones of nodes, as far as the catalog says where their machines are.

    Args:
        path: where the stack file names the zones.
    """
    return [
        Finding("placement.zone", path, _why_not(machine, purchase, zone), f"use {listed(offered)}")
        for zone in zones
        for machine in machines
        if (offered := machine.zones(purchase)) and zone not in offered
    ]


def twice_findings(path: str, zones: Sequence[str]) -> Iterator[Finding]:
    """Say that a zone is named twice."""
    if len(set(zones)) < len(zones):
        yield Finding("placement.zone-twice", path, "names a zone twice", "name each zone once")


def region_findings(path: str, machine: Machine, purchase: Purchase, region: str) -> list[Finding]:
    """Judge a region from whose zones the cloud chooses, as far as the catalog says where the machine is.

    Args:
        path: where the stack file names the region.
    """
    offered = sorted({zone.rpartition("-")[0] for zone in machine.zones(purchase) or ()})
    if not offered or region in offered:
        return []
    message = f"{region!r} has no zone with {_subject(machine)} and {purchase} capacity"
    return [Finding("placement.region", path, message, f"use {listed(offered)}")]


def _why_not(machine: Machine, purchase: Purchase, zone: str) -> str:
    if zone in (machine.zones("reservation") or ()) and zone not in (machine.zones("on-demand") or ()):
        return f"{zone!r} gives {_subject(machine)} to the holders of a reservation only"
    return f"{zone!r} has no {_subject(machine)} with {purchase} capacity"


def _subject(machine: Machine) -> str:
    return f"TPU {machine.chip.name}" if machine.chip.kind == "tpu" else machine.name
