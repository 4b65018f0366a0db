"""Which changes a cloud takes neither where a resource is nor by replacing it.

Sources: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html ("Subnet requirements for clusters") and
https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html.
"""

EKS_CLUSTER = "aws:eks/cluster:Cluster"


def refusal(type_: str, path: str, old: object, new: object) -> str:
    """Say why a cloud refuses a change of an input; empty where it takes it."""
    if type_ != EKS_CLUSTER:
        return ""
    if path == "vpcConfig.subnetIds":
        return "a control plane stays in the zones that it was made in, the first two of network.zones"
    if path == "version" and _minor(new) - _minor(old) not in (0, 1):
        return f"EKS goes up one version at a time and never down, so not from {old} to {new}"
    return ""


def _minor(version: object) -> int:
    return int(str(version).split(".")[1])
