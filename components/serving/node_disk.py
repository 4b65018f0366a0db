"""Storage of one pod on the disk of its node: gone with the pod, so that each replica downloads its model."""

import pulumi_kubernetes as k8s

from components.workload import Volumes

PATH = "/models"
VOLUME = "models"


def node_disk(gib: int) -> Volumes:
    """Return a folder of its own for a pod, which is evicted if it puts more than this there, GiB."""
    volume: k8s.core.v1.VolumeArgsDict = {"name": VOLUME, "empty_dir": {"size_limit": f"{gib}Gi"}}
    return Volumes(
        path=PATH, annotations={}, volumes=[volume], mounts=[{"name": VOLUME, "mount_path": PATH}], disk_gib=gib
    )
