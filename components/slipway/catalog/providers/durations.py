"""How long a cloud takes to make or remove a resource: assumptions, but for the order of them.

Clusters and managed node groups take minutes, and all that only writes a record seconds.
"""

from collections.abc import Mapping

RECORD_SECONDS = 3

SECONDS: Mapping[str, int] = {
    "aws:ec2/natGateway:NatGateway": 2 * 60,
    "aws:efs/mountTarget:MountTarget": 90,
    "aws:eks/addon:Addon": 60,
    "aws:eks/cluster:Cluster": 9 * 60,
    "aws:eks/nodeGroup:NodeGroup": 3 * 60,
    "gcp:compute/network:Network": 30,
    "gcp:compute/subnetwork:Subnetwork": 30,
    "gcp:container/cluster:Cluster": 6 * 60,
    "gcp:container/nodePool:NodePool": 3 * 60,
    "kubernetes:helm.sh/v3:Release": 30,
}
"""By type token, modelled seconds."""


def seconds(type_: str) -> int:
    """Return how many modelled seconds it takes to make or remove a resource of a type."""
    return SECONDS.get(type_, RECORD_SECONDS)
