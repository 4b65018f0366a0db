"""What clouds let an account run at a time, as far as it limits the nodes of a stack.

Sources: the EC2 user guide, "On-Demand Instance quotas" and "Spot Instance quotas" (names; vCPUs are counted, capacity
reservations use the on-demand quota, capacity blocks have one of their own); the codes are those that Service Quotas
shows. No source says which quota spot instances of p6 take.

Compute Engine counts chips by region. What its Cloud Quotas API answers was published with deployments of each
generation: v5e, v5p, L4 and A100 have quotas of their own; v6e, v7x, H100 and later are families of one quota on demand
(`TPUS_PER_TPU_FAMILY` with `tpu_family`, `GPUS_PER_GPU_FAMILY` with `gpu_family`) and have their own preemptible ones.
Spot and flex-start nodes use the preemptible one ("When you create a Flex-start VM, preemptible quota is consumed", the
Compute Engine page "Provisioning models").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from slipway.catalog.machines import Machine, Purchase
from slipway.catalog.machines.chips import A100, A100_80GB, B200, H100, H100_MEGA, H200, L4, V5E, V5P, V6E, V7X, Chip

Ec2Quota = Literal["onDemandGAndVt", "onDemandP", "onDemandStandard", "spotGAndVt", "spotP4", "spotP5"]


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit.

    Attributes:
        name: as the cloud's console shows it.
        unit: what it counts.
        where: where it is raised.
    """

    name: str
    unit: str
    where: str


def _ec2(name: str, code: str) -> Quota:
    return Quota(name, "vCPUs", f"Service Quotas, ec2, {code}")


def _gcp(name: str) -> Quota:
    return Quota(name, "chips", "IAM & Admin, Quotas, Compute Engine API")


_CHIPS: tuple[tuple[Chip, str, str, str], ...] = (
    (V5E, "TpuV5E", "TPU_LITE_PODSLICE_V5", "TPU_LITE_PODSLICE_V5"),
    (V5P, "TpuV5P", "TPU_V5P", "TPU_V5P"),
    (V6E, "TpuV6E", "TPUS_PER_TPU_FAMILY (CT6E)", "TPU_V6E"),
    (V7X, "TpuV7X", "TPUS_PER_TPU_FAMILY (TPU7X)", "TPU7X"),
    (L4, "L4", "NVIDIA_L4_GPUS", "NVIDIA_L4_GPUS"),
    (A100, "A100", "NVIDIA_A100_GPUS", "NVIDIA_A100_GPUS"),
    (A100_80GB, "A10080Gb", "NVIDIA_A100_80GB_GPUS", "NVIDIA_A100_80GB_GPUS"),
    (H100, "H100", "GPUS_PER_GPU_FAMILY (NVIDIA_H100)", "NVIDIA_H100_GPUS"),
    (H100_MEGA, "H100Mega", "GPUS_PER_GPU_FAMILY (NVIDIA_H100_MEGA)", "NVIDIA_H100_MEGA_GPUS"),
    (H200, "H200", "GPUS_PER_GPU_FAMILY (NVIDIA_H200)", "NVIDIA_H200_GPUS"),
    (B200, "B200", "GPUS_PER_GPU_FAMILY (NVIDIA_B200)", "NVIDIA_B200_GPUS"),
)
"""What Compute Engine counts: how both keys of a chip end, its quota on demand and, behind PREEMPTIBLE_, the other."""

_KEYS: Mapping[Chip, str] = {chip: key for chip, key, *_ in _CHIPS}

Key = str
"""What a stack file calls a quota."""

QUOTAS: Mapping[Key, Quota] = {
    "onDemandGAndVt": _ec2("Running On-Demand G and VT instances", "L-DB2E81BA"),
    "onDemandP": _ec2("Running On-Demand P instances", "L-417A185B"),
    "onDemandStandard": _ec2("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", "L-1216C47A"),
    "spotGAndVt": _ec2("All G and VT Spot Instance Requests", "L-3819A6DF"),
    "spotP4": _ec2("All P4, P3 and P2 Spot Instance Requests", "L-7212CCBC"),
    "spotP5": _ec2("All P5 Spot Instance Requests", "L-C4BD4855"),
    **{f"onDemand{key}": _gcp(name) for _, key, name, _ in _CHIPS},
    **{f"preemptible{key}": _gcp(f"PREEMPTIBLE_{name}") for _, key, _, name in _CHIPS},
}


def quota_of(machine: Machine, purchase: Purchase) -> Key | None:
    """Return the quota that a node takes from; None for a capacity block, and where it is not known."""
    if machine.provider == "eks":
        return ec2_quota(machine.name, purchase)
    return f"{'preemptible' if purchase in ('spot', 'flex-start') else 'onDemand'}{_KEYS[machine.chip]}"


def counted(machine: Machine) -> int:
    """Return what a node takes of its quota: vCPUs on EC2, chips on Compute Engine."""
    return machine.vcpus if machine.provider == "eks" else machine.chips


def taken_of(machines: Iterable[Machine], purchase: Purchase) -> dict[Key, int]:
    """Return what a node takes at most of each quota that machines take from, in its unit; it may be any of them."""
    found: dict[Key, int] = {}
    for machine in machines:
        if key := quota_of(machine, purchase):
            found[key] = max(found.get(key, 0), counted(machine))
    return found


def ec2_quota(instance_type: str, purchase: Purchase) -> Ec2Quota | None:
    """Return the quota whose vCPUs an instance takes; None for a capacity block, and where it is not known."""
    family = instance_type[:1]
    if purchase == "capacity-block":
        return None
    if purchase == "spot":
        spot: dict[str, Ec2Quota] = {"p4": "spotP4", "p5": "spotP5"}
        return "spotGAndVt" if family == "g" else spot.get(instance_type[:2])
    return "onDemandGAndVt" if family == "g" else "onDemandP" if family == "p" else "onDemandStandard"


def standard_vcpus(instance_type: str) -> int | None:
    """Return the vCPUs of a machine without accelerators by its size; None for smaller sizes and for metal.

    EC2 gives `large` two vCPUs, `xlarge` four and `<n>xlarge` four times n.
    """
    size = instance_type.partition(".")[2]
    if size in ("large", "xlarge"):
        return 2 if size == "large" else 4
    count = size.removesuffix("xlarge")
    return 4 * int(count) if count != size and count.isdigit() else None
