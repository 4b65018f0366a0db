"""Who reaches whom by network policies: what a cluster that enforces them would let through.

Public: `Cluster`, `Party`, `Pod`.
"""

from slipway.checks.reach.cluster import Cluster, Party, Pod

__all__ = ["Cluster", "Party", "Pod"]
