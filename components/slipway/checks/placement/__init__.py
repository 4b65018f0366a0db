"""Whether the nodes of a stack can be had, and whether the pods of its servers find room on them."""

from slipway.checks.placement.bounds import RESERVED, bound_findings, efa_findings, karpenter_findings
from slipway.checks.placement.machines import machine_findings, region_findings, twice_findings, zone_findings
from slipway.checks.placement.packing import Packing
from slipway.checks.placement.pool import Demand, Pool
from slipway.checks.placement.servers import placement_findings

__all__ = [
    "RESERVED",
    "Demand",
    "Packing",
    "Pool",
    "bound_findings",
    "efa_findings",
    "karpenter_findings",
    "machine_findings",
    "placement_findings",
    "region_findings",
    "twice_findings",
    "zone_findings",
]
