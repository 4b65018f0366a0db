"""Where servers keep the files of their models: a folder of each pod on its node, or what all of them mount.

What is on a node is gone with the pod, so that each replica downloads its model."""

import pulumi_kubernetes as k8s

from slipway.serving.shape import Files, StorageKind
from slipway.workload import Volumes

PATH = "/models"
VOLUME = "models"


def node_disk(files: Files) -> Volumes:
    """Return a folder of its own for a pod, which is evicted if it puts more than these files there."""
    volume: k8s.core.v1.VolumeArgsDict = {"name": VOLUME, "empty_dir": {"size_limit": f"{files.disk_gib}Gi"}}
    return Volumes(
        path=PATH,
        annotations={},
        volumes=[volume],
        mounts=[{"name": VOLUME, "mount_path": PATH}],
        disk_gib=files.disk_gib,
    )


class NodeDisk:
    """A storage of a site where every pod has a folder of its own."""

    kind: StorageKind = "node"

    def volumes(self, files: Files, /) -> Volumes:
        """Return what a pod mounts for such files."""
        return node_disk(files)


class SharedVolumes:
    """A storage of a site where all pods mount the same, whatever the size of their files."""

    kind: StorageKind = "shared"

    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

    def volumes(self, _files: Files, /) -> Volumes:
        """Return what a pod mounts for such files."""
        return self._volumes
