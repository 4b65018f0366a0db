"""Whether a pool can have so many nodes, in these zones, made in this way."""

from collections.abc import Iterator, Sequence

from slipway.catalog.machines import MACHINES, Machine, Purchase, Slice
from slipway.checks import Finding
from slipway.checks.wording import nearest

RESERVED: tuple[Purchase, ...] = ("capacity-block", "reservation")
"""Ways to get nodes that name a place beforehand."""


def bound_findings(
    path: str,
    *,
    purchase: Purchase,
    min_nodes: int,
    max_nodes: int,
    zones: Sequence[str],
    slice_: Slice | None = None,
) -> list[Finding]:
    """Judge how many nodes a pool keeps and where, for the way they are had and the slice that they form.

    Args:
        path: where the pool is in the stack file.
        slice_: what its machines form, where it is known.
    """
    findings: list[Finding] = []
    if max_nodes < min_nodes:
        message = f"{max_nodes} is below minNodes {min_nodes}"
        remedy = f"raise maxNodes to {min_nodes} or lower minNodes"
        findings.append(Finding("placement.bounds", f"{path}.maxNodes", message, remedy))
    if slice_ and slice_.hosts > 1 and max_nodes % slice_.hosts:
        message = f"{max_nodes} nodes are no whole number of {slice_.topology} slices of {slice_.hosts} machines"
        remedy = f"write a multiple of {slice_.hosts}"
        findings.append(Finding("placement.whole-slices", f"{path}.maxNodes", message, remedy))
    findings += [
        Finding("placement.kept-nodes", f"{path}.minNodes", f"{min_nodes} {why}", "write 0")
        for why in _why_none_is_kept(purchase, slice_)
        if min_nodes
    ]
    together = _why_one_zone(purchase, slice_)
    if together and len(zones) > 1:
        message = f"{len(zones)} zones are given, but {together}"
        remedy = f"keep the one of the {purchase}" if purchase in RESERVED else "keep one of them"
        findings.append(Finding("placement.one-zone", f"{path}.zones", message, remedy))
    return findings


def _why_none_is_kept(purchase: Purchase, slice_: Slice | None) -> Iterator[str]:
    if slice_ and slice_.hosts > 1:
        slice_text = f"all {slice_.hosts} machines of a {slice_.topology} slice"
        yield f"nodes cannot be kept: {slice_text} are made and removed at once"
    if purchase == "flex-start":
        yield "flex-start nodes cannot be kept: they start when pods wait and end within a week"
    if purchase == "capacity-block":
        yield "nodes cannot be kept: until the block begins, each launch of one fails"


def _why_one_zone(purchase: Purchase, slice_: Slice | None) -> str | None:
    if slice_ and slice_.hosts > 1:
        return f"the {slice_.hosts} machines of a {slice_.topology} slice stand together"
    return f"a {purchase} is in one zone" if purchase in RESERVED else None


def efa_findings(path: str, machines: Sequence[Machine], purchase: Purchase, zones: Sequence[str]) -> list[Finding]:
    """Judge a pool whose nodes are to have EFA interfaces."""
    having = [other.name for other in MACHINES.values() if other.efa]
    findings = [
        Finding(
            "placement.efa",
            f"{path}.efa",
            f"{machine.name} has no EFA interface",
            f"use {nearest(machine.name, having)}",
        )
        for machine in machines
        if not machine.efa
    ]
    if purchase not in RESERVED and len(zones) > 1:
        message = f"{len(zones)} zones are given, but nodes with EFA are in one placement group, which is in one zone"
        findings.append(Finding("placement.efa-zones", f"{path}.zones", message, "write one zone"))
    return findings


def karpenter_findings(path: str, min_nodes: int) -> list[Finding]:
    """Judge a pool whose nodes Karpenter makes: only for pods that wait, and one by one."""
    if not min_nodes:
        return []
    message = f"{min_nodes} nodes cannot be kept: Karpenter makes a node when a pod waits for it, and none in advance"
    remedy = (
        "write 0 and keep nodes through a server's minReplicas, or set cluster.nodeAutoscaler.type to "
        "cluster-autoscaler"
    )
    return [Finding("placement.karpenter", f"{path}.minNodes", message, remedy)]
