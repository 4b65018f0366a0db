"""The objects of NVIDIA's NIM operator, of version 3.1.

Source: NVIDIA/k8s-nim-operator, api/apps/v1alpha1. A NIMService has no `replicas` here: the operator refuses them
beside `scale`.
"""

from typing import Any, Literal

from pydantic import Field

from slipway.checks.settings import Positive, Settings


class ModelProfiles(Settings):
    """Which of an image's profiles are downloaded: those named, or else all that match."""

    profiles: list[str] | None = None
    engine: str | None = None
    tensor_parallelism: str | None = None


class NgcSource(Settings):
    """A model of NGC, downloaded by the image that serves it."""

    auth_secret: str
    """Name of the Secret that holds `NGC_API_KEY`."""
    model_puller: str
    """The image with its tag; it cannot be changed afterwards."""
    pull_secret: str
    model: ModelProfiles


class ModelSource(Settings):
    """Where a model comes from."""

    ngc: NgcSource


class Claim(Settings):
    """A PersistentVolumeClaim, made by the operator or by somebody else."""

    create: bool
    name: str | None = None
    storage_class: str | None = None
    size: str | None = None
    volume_access_mode: Literal["ReadWriteMany"] = "ReadWriteMany"
    sub_path: str | None = None


class CacheStorage(Settings):
    """Where a model is kept."""

    pvc: Claim


class NimCache(Settings):
    """A model, downloaded once for all replicas (`apps.nvidia.com/v1alpha1`)."""

    source: ModelSource
    storage: CacheStorage
    node_selector: dict[str, str] = Field(min_length=1)
    tolerations: list[dict[str, str]]
    user_id: Positive = Field(validation_alias="userID", serialization_alias="userID")
    group_id: Positive = Field(validation_alias="groupID", serialization_alias="groupID")


class Image(Settings):
    """The image of a server."""

    repository: str
    tag: str
    pull_policy: Literal["IfNotPresent"] = "IfNotPresent"
    pull_secrets: list[str]


class CacheReference(Settings):
    """The NIMCache of a server."""

    name: str
    profile: str | None = None


class ServiceStorage(Settings):
    """What a server's pods mount."""

    nim_cache: CacheReference
    shared_memory_size_limit: str


class Scaling(Settings):
    """Bounds, metrics and behaviour of the HorizontalPodAutoscaler, as `autoscaling/v2` spells them."""

    min_replicas: Positive
    max_replicas: Positive
    metrics: list[dict[str, Any]] = Field(min_length=1)
    behavior: dict[str, Any]


class Scale(Settings):
    """The HorizontalPodAutoscaler that the operator makes. Without it, it deletes any of the server's name."""

    enabled: Literal[True] = True
    hpa: Scaling


class ClusterService(Settings):
    """The Service that the operator makes; its port is called `api`, as is the container's."""

    type: Literal["ClusterIP"] = "ClusterIP"
    port: Positive


class Expose(Settings):
    """How a server is reached."""

    service: ClusterService


class Probe(Settings):
    """A probe in place of the operator's own."""

    enabled: Literal[True] = True
    probe: dict[str, Any]


class NimService(Settings):
    """A server and all that belongs to it (`apps.nvidia.com/v1alpha1`)."""

    image: Image
    auth_secret: str
    storage: ServiceStorage
    env: list[dict[str, Any]]
    node_selector: dict[str, str] = Field(min_length=1)
    tolerations: list[dict[str, str]]
    resources: dict[str, dict[str, str]]
    expose: Expose
    startup_probe: Probe
    readiness_probe: Probe
    liveness_probe: Probe
    scale: Scale
    user_id: Positive = Field(validation_alias="userID", serialization_alias="userID")
    group_id: Positive = Field(validation_alias="groupID", serialization_alias="groupID")
