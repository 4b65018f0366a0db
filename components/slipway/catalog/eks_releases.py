"""Kubernetes versions of EKS, and what is pinned for each: add-ons, nodes' images, the Cluster Autoscaler.

Sources: https://github.com/awslabs/amazon-eks-ami/releases (patch release of Kubernetes in the images of `EKS_AMI`,
under each version's "Release version"); `aws eks describe-addon-versions --kubernetes-version <version>` (add-ons,
as public configurations of clusters of that version have them); the Cluster Autoscaler's README, "Releases" (its minor
version is the cluster's). VPC CNI, Pod Identity agent and EBS driver are one version for all of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from slipway.catalog import versions

EksVersion = Literal["1.34", "1.35", "1.36"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EksRelease:
    """What belongs to a Kubernetes version.

    Attributes:
        kube_proxy: version of the add-on.
        coredns: version of the add-on.
        kubernetes: patch release in the nodes' image.
        cluster_autoscaler: tag of its image.
    """

    kube_proxy: str
    coredns: str
    kubernetes: str
    cluster_autoscaler: str

    @property
    def image(self) -> str:
        """Release of the nodes' image."""
        return f"{self.kubernetes}-{versions.EKS_AMI.removeprefix('v')}"


EKS_RELEASES: Mapping[EksVersion, EksRelease] = {
    "1.34": EksRelease(
        kube_proxy=versions.EKS_KUBE_PROXY_1_34,
        coredns=versions.EKS_COREDNS_1_34,
        kubernetes="1.34.9",
        cluster_autoscaler=versions.CLUSTER_AUTOSCALER_1_34,
    ),
    "1.35": EksRelease(
        kube_proxy=versions.EKS_KUBE_PROXY_1_35,
        coredns=versions.EKS_COREDNS_1_35,
        kubernetes="1.35.6",
        cluster_autoscaler=versions.CLUSTER_AUTOSCALER_1_35,
    ),
    "1.36": EksRelease(
        kube_proxy=versions.EKS_KUBE_PROXY_1_36,
        coredns=versions.EKS_COREDNS_1_36,
        kubernetes="1.36.2",
        cluster_autoscaler=versions.CLUSTER_AUTOSCALER_1_36,
    ),
}
