"""What runs on every accelerator node beside the pods of servers: DaemonSets, by what they request.

Sources are named with each. A daemon whose requests nobody publishes is in the table with none, and says so; GKE's own
differ by a few MiB from version to version.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Daemon:
    """One DaemonSet.

    Attributes:
        millicpus: CPU that a pod of it requests, thousandths of a core.
        memory_mib: memory that it requests, MiB.
        source: where the requests were read.
    """

    name: str
    millicpus: int
    memory_mib: int
    source: str


_EKS_NODE = "kubectl describe node of EKS 1.36 with an NVIDIA AMI, 2026-07"
_OPERATOR = "NVIDIA/gpu-operator:deployments/gpu-operator/values.yaml@a22dbf671, resources: {}"

EKS_GPU: tuple[Daemon, ...] = (
    Daemon("aws-node", 50, 0, _EKS_NODE),
    Daemon("kube-proxy", 100, 0, _EKS_NODE),
    Daemon("eks-pod-identity-agent", 0, 0, _EKS_NODE),
    Daemon("ebs-csi-node", 30, 120, "kubernetes-sigs/aws-ebs-csi-driver:charts/aws-ebs-csi-driver, 3 containers"),
    Daemon("efs-csi-node", 0, 0, "kubernetes-sigs/aws-efs-csi-driver:charts/aws-efs-csi-driver/values.yaml"),
    Daemon("aws-efa-k8s-device-plugin", 10, 20, "aws/eks-charts:stable/aws-efa-k8s-device-plugin/values.yaml"),
    Daemon("prometheus-node-exporter", 0, 0, "prometheus-community/helm-charts:charts/prometheus-node-exporter"),
    Daemon("nvidia-device-plugin", 0, 0, _OPERATOR),
    Daemon("gpu-feature-discovery", 0, 0, _OPERATOR),
    Daemon("nvidia-dcgm-exporter", 0, 0, _OPERATOR),
    Daemon("nvidia-operator-validator", 0, 0, _OPERATOR),
    Daemon(
        "node-feature-discovery-worker",
        5,
        64,
        "kubernetes-sigs/node-feature-discovery:deployment/helm/node-feature-discovery/values.yaml",
    ),
)
"""On the GPU nodes of an EKS cluster, with the add-ons of a stack."""

_GKE_NODE = "kubectl describe node of a GKE cluster with Dataplane V1 and n2-standard-4"
_UNKNOWN = "no source was found for its requests"

_GKE: tuple[Daemon, ...] = (
    Daemon("fluentbit-gke", 105, 230, _GKE_NODE),
    Daemon("gke-metadata-server", 100, 100, _GKE_NODE),
    Daemon("gke-metrics-agent", 21, 145, _GKE_NODE),
    Daemon("ip-masq-agent", 10, 16, _GKE_NODE),
    Daemon("kube-proxy", 100, 0, _GKE_NODE),
    Daemon("netd", 8, 65, _GKE_NODE),
    Daemon("node-local-dns", 30, 50, _GKE_NODE),
    Daemon("pdcsi-node", 10, 20, _GKE_NODE),
    Daemon("collector", 5, 34, "GoogleCloudPlatform/prometheus-engine:manifests/operator.yaml@2ffde4ec7"),
    Daemon("gcsfusecsi-node", 0, 0, _UNKNOWN),
)

GKE_TPU: tuple[Daemon, ...] = (*_GKE, Daemon("tpu-device-plugin", 0, 0, _UNKNOWN))
"""On the TPU nodes of a GKE cluster; where Dataplane V2 is on, anetd takes the place of kube-proxy."""

GKE_GPU: tuple[Daemon, ...] = (
    *_GKE,
    Daemon("nvidia-gpu-device-plugin", 150, 80, "kubectl describe node of a GKE node with a GPU, small-cos"),
    Daemon("gke-managed-dcgm-exporter", 0, 0, _UNKNOWN),
)
"""On the GPU nodes of a GKE cluster, whose driver GKE installs."""

DAEMONS: Mapping[tuple[str, str], tuple[Daemon, ...]] = {
    ("eks", "gpu"): EKS_GPU,
    ("gke", "tpu"): GKE_TPU,
    ("gke", "gpu"): GKE_GPU,
}
"""By who manages the nodes and the kind of their chips."""
