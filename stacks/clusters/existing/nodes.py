"""Judgement over what a stack file says of the nodes of a cluster that is there already."""

import re
from collections.abc import Iterator

from slipway.catalog.machines import MACHINES, Machine
from slipway.checks import Finding
from slipway.checks.names import LABEL_NAME, SUBDOMAIN, label_findings
from slipway.existing.settings import ExistingPoolArgs
from slipway.reading.examples import written

INSTANCE_TYPE = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
"""Labels whose value is the machine type."""

FOREIGN = ("amd.com", "aws.amazon.com", "habana.ai", "intel.com", "google.com", "nvidia.com")
"""Whose device plugins have resources of their own."""

SHARED = re.compile(r".*/(gpu\.shared|mig-.*)")
"""What NVIDIA's device plugin calls parts of GPUs, by time slicing or MPS (renameByDefault) and by MIG."""


def node_findings(path: str, pool: ExistingPoolArgs) -> Iterator[Finding]:
    """Judge labels, taints and resource of a pool.

    Args:
        path: where it is in the stack file.
    """
    yield from label_findings(f"{path}.nodeSelector", pool.node_selector)
    for index, taint in enumerate(pool.taints):
        yield from label_findings(f"{path}.taints.{index}", {taint.key: taint.value or ""})
    machine = MACHINES.get(pool.machine_type)
    if machine is None:
        return
    yield from _resource_findings(f"{path}.resource", pool.resource, machine)
    yield from _selector_findings(f"{path}.nodeSelector", pool, machine)


def _resource_findings(path: str, resource: str | None, machine: Machine) -> Iterator[Finding]:
    usual = machine.chip.resource
    if resource in (None, usual):
        return
    domain, slash, name = resource.partition("/")
    if not slash or not SUBDOMAIN.fullmatch(domain) or not LABEL_NAME.fullmatch(name):
        message = f"{resource!r} is no extended resource: a domain, '/' and a name"
        yield Finding("names.resource", path, message, f"write {usual}, or leave it out")
    elif SHARED.fullmatch(resource):
        message = f"{resource} is a part of a GPU, and fit and node counts are of whole ones"
        yield Finding("values.gpu-sharing", path, message, "use nodes whose GPUs are whole")
    elif domain.endswith(FOREIGN) and not domain.endswith(usual.partition("/")[0]):
        message = f"{resource} stands for other chips than those of {machine.name}"
        yield Finding("names.resource", path, message, f"write {usual}, or leave it out")


def _selector_findings(path: str, pool: ExistingPoolArgs, machine: Machine) -> Iterator[Finding]:
    """Say where a label that Kubernetes or a cloud sets has another value on such nodes."""
    for key, value in pool.node_selector.items():
        if (right := _right_value(key, value, pool, machine)) is not None:
            message = f"nodes of {machine.name} do not have {key}: {value}, so that pods wait for ever"
            yield Finding("placement.selector", f"{path}.{key}", message, f"write {written(right)}")


def _right_value(key: str, value: str, pool: ExistingPoolArgs, machine: Machine) -> str | None:
    """Return what a label has on the pool's nodes, where that is known and is not this."""
    known = MACHINES.get(value)
    topology = machine.likely_topology(pool.topology)
    fixed = {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "cloud.google.com/gke-tpu-topology": topology,
        "cloud.google.com/gke-tpu-accelerator": machine.chip.label if topology else None,
        "cloud.google.com/gke-accelerator": machine.chip.gke_label or None,
        "nvidia.com/gpu.count": None if topology else str(machine.chips),
        "nvidia.com/gpu.present": None if topology else "true",
        "nvidia.com/gpu.product": None if topology else machine.chip.label,
    }
    right = fixed.get(key)
    if key in INSTANCE_TYPE and known and known.chip != machine.chip:
        right = machine.name
    return right if right not in (None, value) else None
