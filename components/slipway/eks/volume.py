"""Volumes of storage that is there: nobody makes them when a pod asks, so their drivers may create nothing."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

CAPACITY_GIB = 1024
"""Kubernetes wants a size; neither EFS nor S3 has one."""


def claim(
    name: str,
    source: k8s.core.v1.CSIPersistentVolumeSourceArgsDict,
    mode: str,
    *,
    mount_options: Sequence[str] = (),
    namespace: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> k8s.core.v1.PersistentVolumeClaim:
    """Return a claim on a volume of this source, made for it alone."""
    # Without a class, no provisioner takes the claim for its own.
    size, no_class = {"storage": f"{CAPACITY_GIB}Gi"}, ""
    spec: k8s.core.v1.PersistentVolumeSpecArgsDict = {
        "capacity": size,
        "access_modes": [mode],
        "persistent_volume_reclaim_policy": "Retain",
        "storage_class_name": no_class,
        "csi": source,
    }
    if mount_options:
        spec["mount_options"] = mount_options
    volume = k8s.core.v1.PersistentVolume(name, spec=spec, opts=opts)
    return k8s.core.v1.PersistentVolumeClaim(
        name,
        metadata={"namespace": namespace},
        spec={
            "access_modes": [mode],
            "storage_class_name": no_class,
            "volume_name": volume.metadata["name"],
            "resources": {"requests": size},
        },
        opts=pulumi.ResourceOptions(parent=opts.parent),
    )
