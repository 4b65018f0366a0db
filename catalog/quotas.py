"""What clouds let an account run at a time, as far as it limits the nodes of a stack.

Sources: the EC2 user guide, "On-Demand Instance quotas" and "Spot Instance quotas" (names; vCPUs are counted, capacity
reservations use the on-demand quota, capacity blocks have one of their own); the codes are those that Service Quotas
shows. For TPUs: AI-Hypercomputer/tpu-recipes and the quota errors of Compute Engine (`TPUS_PER_TPU_FAMILY`, by region
and family, counts chips; spot and flex-start nodes use its preemptible counterpart).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from catalog.accelerators import Provisioning
from catalog.gpu_machines import Purchase

Ec2Quota = Literal["onDemandGAndVt", "onDemandP", "onDemandStandard", "spotGAndVt", "spotP5"]
TpuQuota = Literal["onDemandTpus", "preemptibleTpus"]


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


QUOTAS: Mapping[Ec2Quota | TpuQuota, Quota] = {
    "onDemandGAndVt": Quota("Running On-Demand G and VT instances", "vCPUs", "Service Quotas, ec2, L-DB2E81BA"),
    "onDemandP": Quota("Running On-Demand P instances", "vCPUs", "Service Quotas, ec2, L-417A185B"),
    "onDemandStandard": Quota(
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", "vCPUs", "Service Quotas, ec2, L-1216C47A"
    ),
    "spotGAndVt": Quota("All G and VT Spot Instance Requests", "vCPUs", "Service Quotas, ec2, L-3819A6DF"),
    "spotP5": Quota("All P5 Spot Instance Requests", "vCPUs", "Service Quotas, ec2, L-C4BD4855"),
    "onDemandTpus": Quota("TPUS_PER_TPU_FAMILY", "chips", "IAM & Admin, Quotas, Compute Engine API"),
    "preemptibleTpus": Quota("PREEMPTIBLE_TPUS_PER_TPU_FAMILY", "chips", "IAM & Admin, Quotas, Compute Engine API"),
}


def ec2_quota(instance_type: str, purchase: Purchase) -> Ec2Quota | None:
    """Return the quota whose vCPUs an instance takes; None for a capacity block, and where it is not known."""
    family = instance_type[:1]
    if purchase == "capacity-block":
        return None
    if purchase == "spot":
        return "spotGAndVt" if family == "g" else "spotP5" if instance_type.startswith("p5") else None
    return "onDemandGAndVt" if family == "g" else "onDemandP" if family == "p" else "onDemandStandard"


def tpu_quota(provisioning: Provisioning) -> TpuQuota:
    """Return the quota whose chips a node takes."""
    return "preemptibleTpus" if provisioning in ("spot", "flex-start") else "onDemandTpus"


def standard_vcpus(instance_type: str) -> int | None:
    """Return the vCPUs of a machine without accelerators by its size; None for smaller sizes and for metal.

    EC2 gives `large` two vCPUs, `xlarge` four and `<n>xlarge` four times n.
    """
    size = instance_type.partition(".")[2]
    if size in ("large", "xlarge"):
        return 2 if size == "large" else 4
    count = size.removesuffix("xlarge")
    return 4 * int(count) if count != size and count.isdigit() else None
