"""The objects by which NVIDIA's operator makes a NIM server: what stands in its NIMCache and its NIMService."""

from dataclasses import dataclass

from slipway.catalog.engines import NIM
from slipway.catalog.engines.nim.host import LIVE_PATH, USER
from slipway.custom_resources import wire
from slipway.custom_resources.nim_operator import (
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
    Probe,
    Scale,
    Scaling,
    ServiceStorage,
)
from slipway.serving.autoscaling import behavior, followed
from slipway.serving.environment import with_further
from slipway.serving.nim.settings import NimArgs, NimThroughOperator
from slipway.serving.shape import Shape
from slipway.workload import Accelerator, Startup, probes


@dataclass(frozen=True, slots=True, kw_only=True)
class Operated:
    """What the objects of a server are made from.

    Attributes:
        args: what a person decides about the server.
        deployment: and about the operator.
        shape: what they say.
        accelerator: hardware of a replica.
        pull_secret: name of the Secret for the kubelet.
        key_secret: name of that with the NGC API key.
        claim: name of the claim that is there already; empty if the operator makes one.
        metric: what the autoscaler asks for.
    """

    args: NimArgs
    deployment: NimThroughOperator
    shape: Shape
    accelerator: Accelerator
    pull_secret: str
    key_secret: str
    claim: str
    metric: str


def cache_spec(operated: Operated) -> NimCache:
    """Return what is downloaded, by which image and onto what."""
    args, deployment = operated.args, operated.deployment
    chosen = ModelProfiles(engine="vllm", tensor_parallelism=str(args.tensor_parallel))
    if deployment.profile:
        chosen = ModelProfiles(profiles=[deployment.profile])
    volume = Claim(create=False, name=operated.claim, sub_path=f"nim/{operated.shape.name}")
    if deployment.storage_class:
        volume = Claim(create=True, storage_class=deployment.storage_class, size=f"{operated.shape.files.disk_gib}Gi")
    return NimCache(
        source=ModelSource(
            ngc=NgcSource(
                auth_secret=operated.key_secret,
                model_puller=f"{args.image}:{args.version}",
                pull_secret=operated.pull_secret,
                model=chosen,
            )
        ),
        storage=CacheStorage(pvc=volume),
        node_selector=dict(operated.accelerator.node_selector),
        tolerations=[wire(each) for each in operated.accelerator.tolerations],
        user_id=USER,
        group_id=USER,
    )


def service_spec(cache: str, operated: Operated) -> NimService:
    """Return the server with its autoscaler.

    Args:
        cache: name of its NIMCache.
    """
    args, accelerator = operated.args, operated.accelerator
    gpus = {accelerator.resource: str(accelerator.count)}
    own = {"NIM_SERVED_MODEL_NAME": args.served_model_name, "NIM_MAX_MODEL_LEN": str(args.max_model_len)}
    asked = probes(
        Startup(operated.shape.startup_seconds),
        ready_path=NIM.health_path,
        live_path=LIVE_PATH,
        port=operated.shape.page.port,
    )
    return NimService(
        image=Image(repository=args.image, tag=args.version, pull_secrets=[operated.pull_secret]),
        auth_secret=operated.key_secret,
        storage=ServiceStorage(
            nim_cache=CacheReference(name=cache, profile=operated.deployment.profile),
            shared_memory_size_limit=f"{accelerator.shared_memory_gib}Gi",
        ),
        env=[wire(each) for each in with_further([{"name": key, "value": own[key]} for key in own], args.env)],
        node_selector=dict(accelerator.node_selector),
        tolerations=[wire(each) for each in accelerator.tolerations],
        resources={"requests": {"memory": f"{accelerator.memory_gib}Gi", **gpus}, "limits": gpus},
        expose=Expose(service=ClusterService(port=NIM.port)),
        startup_probe=Probe(probe=wire(asked["startup_probe"])),
        readiness_probe=Probe(probe=wire(asked["readiness_probe"])),
        liveness_probe=Probe(probe=wire(asked["liveness_probe"])),
        scale=Scale(
            hpa=Scaling(
                min_replicas=args.autoscaling.min_replicas,
                max_replicas=args.autoscaling.max_replicas,
                metrics=[wire(followed(args.autoscaling, operated.metric))],
                behavior=wire(behavior(args.autoscaling)),
            )
        ),
        user_id=USER,
        group_id=USER,
    )
