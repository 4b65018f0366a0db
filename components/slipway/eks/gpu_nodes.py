"""What GPU nodes of EKS have in common, whoever makes them: labels, taint and local disks."""

from slipway.catalog.machines import GPU_RESOURCE, Machine
from slipway.eks.settings import GpuPoolArgs
from slipway.workload import POOL_LABEL

PRESENT = "present"
"""Value of the label and of the taint that GPU nodes carry under the name of the resource."""

EFA_LABEL = "slipway.dev/efa"
"""Node label of nodes with EFA interfaces, for the device plugin that gives them to pods."""


def labels(pool: str, args: GpuPoolArgs) -> dict[str, str]:
    """Return the labels of a pool's nodes."""
    efa = {EFA_LABEL: PRESENT} if args.efa else {}
    return {POOL_LABEL: pool, GPU_RESOURCE: PRESENT, **efa}


def instance_store_config(machine: Machine) -> str | None:
    """Return user data about a machine's local disks, where they are used.

    Of it nodeadm, which joins a node to its cluster, makes one RAID 0 of them and puts the folders of containerd and of
    the kubelet there, with images, container file systems and `emptyDir` volumes
    (https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/).
    """
    if not machine.images_on_local_disks:
        return None
    return "\n".join(
        (
            "MIME-Version: 1.0",
            'Content-Type: multipart/mixed; boundary="slipway"',
            "",
            "--slipway",
            "Content-Type: application/node.eks.aws",
            "",
            "apiVersion: node.eks.aws/v1alpha1",
            "kind: NodeConfig",
            "spec:",
            "  instance:",
            "    localStorage:",
            "      strategy: RAID0",
            "",
            "--slipway--",
            "",
        )
    )
