"""Where model weights and compiled programs live: one bucket, mounted into pods through Cloud Storage FUSE."""

from collections.abc import Iterable, Sequence

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as k8s

from slipway.catalog.footprint import SIDECAR_MEMORY_GIB
from slipway.gke.bucket_settings import ExistingBucketArgs, NewBucketArgs
from slipway.serving.shape import Files, StorageKind
from slipway.workload import Volumes

PATH = "/data"

SIDECAR_CPUS = 8
SIDECAR_DISK_GIB = 5
"""Of the side-car on Autopilot: cores for parallel downloads, and GiB of disk for what it uploads."""


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


def _limits(cache_gib: int, *, autopilot: bool) -> dict[str, str]:
    """Return annotations with the limits of the side-car, to whose memory the file cache counts.

    "0" lifts them, which is right on nodes that hold one replica; Autopilot refuses it, and has a quarter of a core and
    256 MiB in place of what is not stated
    (https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-sidecar).
    """
    wanted = {"cpu": "0", "memory": "0", "ephemeral-storage": "0"}
    if autopilot:
        memory = f"{cache_gib + SIDECAR_MEMORY_GIB}Gi"
        wanted = {"cpu": str(SIDECAR_CPUS), "memory": memory, "ephemeral-storage": f"{SIDECAR_DISK_GIB}Gi"}
    return {f"gke-gcsfuse/{resource}-limit": limit for resource, limit in wanted.items()}


def _cache(gib: int) -> k8s.core.v1.VolumeArgsDict:
    """Return the volume of the file cache, by the name that the driver looks for."""
    return {"name": "gke-gcsfuse-cache", "empty_dir": {"medium": "Memory", "size_limit": f"{gib}Gi"}}


class BucketReader(pulumi.ComponentResource):
    """Lets one Kubernetes service account read buckets that exist, and change nothing in them.

    Attributes:
        ready: what must exist before a pod reads them.
    """

    ready: Sequence[pulumi.Resource]

    def __init__(
        self,
        name: str,
        uris: Iterable[str],
        *,
        user: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:BucketReader", name, None, opts)
        buckets = sorted({uri.removeprefix("gs://").partition("/")[0] for uri in uris})
        self.ready = [
            gcp.storage.BucketIAMMember(
                f"{name}-{bucket}",
                bucket=bucket,
                role="roles/storage.objectViewer",
                member=user,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for bucket in buckets
        ]
        self.register_outputs({})


def _bucket(
    name: str, args: NewBucketArgs, region: str, key: pulumi.Input[str] | None, opts: pulumi.ResourceOptions
) -> gcp.storage.Bucket:
    return gcp.storage.Bucket(
        name,
        location=region,
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        encryption={"default_kms_key_name": key} if key is not None else None,
        soft_delete_policy={"retention_duration_seconds": args.soft_delete_days * 24 * 60 * 60},
        force_destroy=not args.keep_on_destroy,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=args.keep_on_destroy)),
    )


class WeightsBucket(pulumi.ComponentResource):
    """A private bucket that one Kubernetes service account may read and, unless it is only to be read, write.

    Args:
        key: full name of the Cloud KMS key that encrypts a new one's objects, in its region; Cloud Storage's service
            agent must be allowed to use it. Google's own if None.

    Attributes:
        name: the bucket's name.
    """

    kind: StorageKind = "cached"
    name: pulumi.Output[str]
    _grant: gcp.storage.BucketIAMMember

    def __init__(
        self,
        name: str,
        args: NewBucketArgs | ExistingBucketArgs,
        *,
        region: str,
        user: pulumi.Input[str],
        autopilot: bool,
        key: pulumi.Input[str] | None = None,
        ready: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:gke:WeightsBucket", name, None, opts)
        after = pulumi.ResourceOptions(parent=self, depends_on=ready)
        match args:
            case ExistingBucketArgs():
                self.name, self._read_only = pulumi.Output.from_input(args.bucket), args.read_only
            case NewBucketArgs():
                self.name, self._read_only = _bucket(name, args, region, key, after).name, False
        self._grant = gcp.storage.BucketIAMMember(
            name,
            bucket=self.name,
            role="roles/storage.objectViewer" if self._read_only else "roles/storage.objectUser",
            member=user,
            opts=after,
        )
        self._autopilot = autopilot
        self.register_outputs({"name": self.name})

    def volumes(self, files: Files, /) -> Volumes:
        """Return what mounts the bucket at `PATH`, with a file cache in the node's memory that holds these files."""
        cache_gib = files.cache_gib
        csi: k8s.core.v1.CSIVolumeSourceArgsDict = {
            "driver": "gcsfuse.csi.storage.gke.io",
            "volume_attributes": {"bucketName": self.name, "mountOptions": mount_options(cache_gib)},
        }
        mount: k8s.core.v1.VolumeMountArgsDict = {"name": "weights", "mount_path": PATH}
        if self._read_only:
            csi["read_only"] = mount["read_only"] = True
        return Volumes(
            path=PATH,
            annotations={"gke-gcsfuse/volumes": "true", **_limits(cache_gib, autopilot=self._autopilot)},
            volumes=[*([_cache(cache_gib)] if cache_gib else []), {"name": "weights", "csi": csi}],
            mounts=[mount],
            read_only=self._read_only,
            depends_on=[self._grant],
        )
