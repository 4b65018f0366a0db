"""The objects by which NVIDIA's operator makes a NIM server: what stands in its NIMCache and its NIMService."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from catalog.engines import NIM
from catalog.engines.nim.host import USER
from components.custom_resources import wire
from components.custom_resources.nim_operator import (
    CacheReference,
    CacheStorage,
    Claim,
    ClusterService,
    Expose,
    Image,
    ModelProfiles,
    ModelSource,
    NgcSource,
    NimCache,
    NimService,
    Scale,
    Scaling,
    ServiceStorage,
    StartupProbe,
)
from components.serving.autoscaling import behavior, followed
from components.serving.environment import with_further
from components.serving.ngc import NgcAccess
from components.serving.nim_settings import NimArgs, NimThroughOperator
from components.workload import Accelerator, Startup, Volumes

PORT = "api"
"""What the operator calls the port of container and Service."""


@dataclass(frozen=True, slots=True)
class OperatedRuntime:
    """What a server runs on and from.

    Attributes:
        accelerator: hardware of a replica.
        cache_gib: size of the model's files, GiB.
        ngc: the key with which image and model are fetched.
        storage: what all nodes can mount, where the stack has it.
        operator: what makes the objects; none where the cluster had it before.
    """

    accelerator: Accelerator
    cache_gib: int
    ngc: NgcAccess
    storage: Volumes | None
    operator: pulumi.Resource | None


def claimed(runtime: OperatedRuntime) -> pulumi.Input[str]:
    """Return the name of the claim that is there already; empty if the operator makes one."""
    return (runtime.storage.claim if runtime.storage else None) or ""


def _tolerations(runtime: OperatedRuntime) -> list[dict[str, str]]:
    return [{"key": runtime.accelerator.resource, "operator": "Exists", "effect": "NoSchedule"}]


def cache_spec(
    name: str, args: NimArgs, deployment: NimThroughOperator, runtime: OperatedRuntime, names: Sequence[str]
) -> NimCache:
    """Return what is downloaded, by which image and onto what.

    Args:
        name: of the server.
        names: of the Secret for the kubelet, of that with the key, and of the claim, which may be empty.
    """
    pull_secret, key_secret, claim = names
    chosen = ModelProfiles(engine="vllm", tensor_parallelism=str(args.tensor_parallel))
    if deployment.profile:
        chosen = ModelProfiles(profiles=[deployment.profile])
    volume = Claim(create=False, name=claim, sub_path=f"nim/{name}")
    if deployment.storage_class:
        volume = Claim(create=True, storage_class=deployment.storage_class, size=f"{runtime.cache_gib}Gi")
    return NimCache(
        source=ModelSource(
            ngc=NgcSource(
                auth_secret=key_secret,
                model_puller=f"{args.image}:{args.version}",
                pull_secret=pull_secret,
                model=chosen,
            )
        ),
        storage=CacheStorage(pvc=volume),
        node_selector=dict(runtime.accelerator.node_selector),
        tolerations=_tolerations(runtime),
        user_id=USER,
        group_id=USER,
    )


def service_spec(
    cache: str,
    args: NimArgs,
    deployment: NimThroughOperator,
    runtime: OperatedRuntime,
    startup: Startup,
    metric: str,
    names: Sequence[str],
) -> NimService:
    """Return the server with its autoscaler.

    Args:
        cache: name of its NIMCache.
        metric: what its autoscaler asks for.
        names: of the Secret for the kubelet, of that with the key, and of the claim.
    """
    pull_secret, key_secret, _ = names
    accelerator = runtime.accelerator
    gpus = {accelerator.resource: str(accelerator.count)}
    own = {"NIM_SERVED_MODEL_NAME": args.served_model_name, "NIM_MAX_MODEL_LEN": str(args.max_model_len)}
    probe = {"httpGet": {"path": NIM.health_path, "port": PORT}, **wire(startup.probe)}
    return NimService(
        image=Image(repository=args.image, tag=args.version, pull_secrets=[pull_secret]),
        auth_secret=key_secret,
        storage=ServiceStorage(
            nim_cache=CacheReference(name=cache, profile=deployment.profile),
            shared_memory_size_limit=f"{accelerator.shared_memory_gib}Gi",
        ),
        env=[wire(each) for each in with_further([{"name": key, "value": own[key]} for key in own], args.env)],
        node_selector=dict(accelerator.node_selector),
        tolerations=_tolerations(runtime),
        resources={"requests": {"memory": f"{accelerator.memory_gib}Gi", **gpus}, "limits": gpus},
        expose=Expose(service=ClusterService(port=NIM.port)),
        startup_probe=StartupProbe(probe=probe),
        scale=Scale(
            hpa=Scaling(
                min_replicas=args.autoscaling.min_replicas,
                max_replicas=args.autoscaling.max_replicas,
                metrics=[wire(followed(args.autoscaling, metric))],
                behavior=wire(behavior(args.autoscaling)),
            )
        ),
        user_id=USER,
        group_id=USER,
    )
