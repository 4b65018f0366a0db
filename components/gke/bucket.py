"""Where model weights and compiled programs live: one bucket, mounted into pods through Cloud Storage FUSE."""

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from components.gke.project import Project
from components.gke.settings import WeightsBucketArgs
from components.serving.shape import Files
from components.workload import Volumes

PATH = "/data"


def mount_options(cache_gib: int) -> str:
    """Return options that read whole files ahead, in parallel, into a cache of this size, GiB; without one for 0."""
    if not cache_gib:
        return "implicit-dirs"
    return ",".join(
        (
            "implicit-dirs",
            f"file-cache:max-size-mb:{cache_gib * 1024}",
            "file-cache:cache-file-for-range-read:true",
            "file-cache:enable-parallel-downloads:true",
            "file-cache:parallel-downloads-per-file:100",
            "file-cache:max-parallel-downloads:-1",
            "file-cache:download-chunk-size-mb:10",
        )
    )


def _cache(gib: int) -> k8s.core.v1.VolumeArgsDict:
    """Return the volume of the file cache, by the name that the driver looks for."""
    return {"name": "gke-gcsfuse-cache", "empty_dir": {"medium": "Memory", "size_limit": f"{gib}Gi"}}


class WeightsBucket(pulumi.ComponentResource):
    """A private bucket that one Kubernetes service account may read and write.

    Attributes:
        name: the bucket's name.
    """

    shared = True
    name: pulumi.Output[str]
    _grant: gcp.storage.BucketIAMMember

    def __init__(
        self,
        name: str,
        args: WeightsBucketArgs,
        *,
        project: Project,
        region: str,
        user: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:WeightsBucket", name, None, opts)
        bucket = gcp.storage.Bucket(
            name,
            location=region,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            soft_delete_policy={"retention_duration_seconds": args.soft_delete_days * 24 * 60 * 60},
            force_destroy=not args.keep_on_destroy,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[project.apis["storage"]]),
        )
        self._grant = gcp.storage.BucketIAMMember(
            name,
            bucket=bucket.name,
            role="roles/storage.objectUser",
            member=user,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = bucket.name
        self.register_outputs({"name": self.name})

    def volumes(self, files: Files, /) -> Volumes:
        """Return what mounts the bucket at `PATH`, with a file cache in the node's memory that holds these files.

        "0" lifts the side-car's limits, which is right
        on nodes that hold one replica (https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver).
        """
        cache_gib = files.cache_gib
        return Volumes(
            path=PATH,
            annotations={
                "gke-gcsfuse/volumes": "true",
                "gke-gcsfuse/cpu-limit": "0",
                "gke-gcsfuse/memory-limit": "0",
                "gke-gcsfuse/ephemeral-storage-limit": "0",
            },
            volumes=[
                *([_cache(cache_gib)] if cache_gib else []),
                {
                    "name": "weights",
                    "csi": {
                        "driver": "gcsfuse.csi.storage.gke.io",
                        "volume_attributes": {
                            "bucketName": self.name,
                            "mountOptions": mount_options(cache_gib),
                        },
                    },
                },
            ],
            mounts=[{"name": "weights", "mount_path": PATH}],
            depends_on=[self._grant],
        )
