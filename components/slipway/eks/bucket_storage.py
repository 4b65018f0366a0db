"""Model weights in a bucket of S3 that exists: pods mount it through Mountpoint for Amazon S3, and only read it."""

from collections.abc import Sequence

import pulumi

from slipway.catalog.footprint import MOUNTPOINT_MEMORY_GIB
from slipway.catalog.versions import EKS_S3_CSI
from slipway.eks.add_on import add_on
from slipway.eks.settings import MountedBucketArgs
from slipway.eks.volume import claim
from slipway.serving.shape import Files, StorageKind
from slipway.workload import Volumes

PATH = "/models"
VOLUME = "bucket"
DRIVER = "s3.csi.aws.com"


class BucketStorage(pulumi.ComponentResource):
    """A claim on a bucket in one namespace, whose pods mount it as who they are: the driver may read nothing.

    Keys of the driver's volumes are in docs/CONFIGURATION.md of awslabs/mountpoint-s3-csi-driver at v2.7.0.

    Args:
        access: what lets the pods read the bucket.
        ready: nodes on which the driver's controller runs.
    """

    kind: StorageKind = "mounted"

    def __init__(
        self,
        name: str,
        args: MountedBucketArgs,
        *,
        cluster: pulumi.Input[str],
        region: str,
        namespace: pulumi.Input[str],
        access: Sequence[pulumi.Resource],
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:eks:BucketStorage", name, None, opts)
        after = pulumi.ResourceOptions(parent=self, depends_on=ready)
        driver = add_on(name, "aws-mountpoint-s3-csi-driver", EKS_S3_CSI, cluster, opts=after)
        claimed = claim(
            name,
            {
                "driver": DRIVER,
                "volume_handle": name,
                "volume_attributes": {
                    "bucketName": args.bucket,
                    "authenticationSource": "pod",
                    # Without a limit it takes nearly all memory of its node to read ahead.
                    "mountpointContainerResourcesLimitsMemory": f"{MOUNTPOINT_MEMORY_GIB}Gi",
                },
            },
            "ReadOnlyMany",
            # Containers may run as anybody.
            mount_options=["allow-other", f"region {region}"],
            namespace=namespace,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[driver]),
        )
        self._volumes = Volumes(
            path=PATH,
            annotations={},
            volumes=[
                {
                    "name": VOLUME,
                    "persistent_volume_claim": {"claim_name": claimed.metadata["name"], "read_only": True},
                }
            ],
            mounts=[{"name": VOLUME, "mount_path": PATH, "read_only": True}],
            read_only=True,
            claim=claimed.metadata["name"],
            depends_on=[claimed, *access],
        )
        self.register_outputs({})

    def volumes(self, _files: Files, /) -> Volumes:
        """Return what mounts the bucket at `PATH`, whatever the size of the files."""
        return self._volumes
