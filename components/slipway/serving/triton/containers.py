"""The containers of a Triton pod: its server, and those that get weights and repository ready before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_kubernetes as k8s

from slipway.catalog.engines import TRITON
from slipway.catalog.engines.triton.host import LIVE_PATH
from slipway.serving.environment import with_further
from slipway.serving.service import propagation_seconds
from slipway.serving.site import Site, found
from slipway.serving.token import hub_environment
from slipway.serving.triton.command import (
    FILES,
    REPOSITORY,
    SCRIPTS,
    drains_by_itself,
    serve,
)
from slipway.serving.triton.settings import TritonArgs
from slipway.serving.triton.shape import TritonShape
from slipway.workload import Accelerator, Startup, Volumes, probes


@dataclass(frozen=True, slots=True, kw_only=True)
class TritonRuntime:
    """What a server runs on and from.

    Attributes:
        weights: storage of models and of what is made of them.
        token: the Hugging Face token, as a file; None where nothing is downloaded that needs one.
        pull_secret: with which nodes pull the image.
        service_account: who the pods are.
        propagation_seconds: time for which a stopping pod still gets new connections.
        depends_on: what must exist before a pod can start.
    """

    shape: TritonShape
    accelerator: Accelerator
    weights: Volumes
    token: Volumes | None
    pull_secret: pulumi.Input[str]
    service_account: pulumi.Input[str]
    priority_class: pulumi.Input[str]
    propagation_seconds: int
    depends_on: Sequence[pulumi.Resource]

    @classmethod
    def at(cls, site: Site, shape: TritonShape, accelerator: Accelerator) -> Self:
        """Return what a server of this shape has at a site."""
        ngc, weights = found(site.ngc, "the NGC API key"), site.storage.volumes(shape.files)
        downloads = shape.downloads and not weights.read_only
        token = found(site.hugging_face, "the Hugging Face token") if downloads else None
        return cls(
            shape=shape,
            accelerator=accelerator,
            weights=weights,
            token=token,
            pull_secret=ngc.pull_secret,
            service_account=site.service_account,
            priority_class=site.priority_class,
            propagation_seconds=propagation_seconds(shape.exposure, site.load_balancers),
            depends_on=[
                *accelerator.nodes,
                *weights.depends_on,
                *ngc.depends_on,
                *(token.depends_on if token else ()),
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounted:
    """ConfigMaps of a server.

    Attributes:
        scripts: name of that of the scripts.
        files: name of that of the model repository's small files; None where it has none.
        items: for each model, the path in its directory of each key.
        digest: changes with anything in them, and so rolls the pods.
    """

    scripts: pulumi.Input[str]
    files: pulumi.Input[str] | None
    items: Mapping[str, Mapping[str, str]]
    digest: str


def server_container(args: TritonArgs, runtime: TritonRuntime) -> k8s.core.v1.ContainerArgsDict:
    """Return the container that answers requests."""
    waits = runtime.propagation_seconds + (0 if drains_by_itself(args) else args.drain_seconds)
    return {
        **_container("triton", serve(args), runtime, gpus=runtime.accelerator.count),
        "env": with_further([], args.env),
        "ports": [{"name": name, "container_port": port} for name, port in runtime.shape.export.ports.items()],
        **probes(Startup(runtime.shape.startup_seconds), ready_path=TRITON.health_path, live_path=LIVE_PATH),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": waits}}},
        "volume_mounts": [
            {"name": "repository", "mount_path": REPOSITORY},
            {"name": "dshm", "mount_path": "/dev/shm"},
            *runtime.weights.mounts,
        ],
    }


def weights_container(
    args: TritonArgs, command: list[str], runtime: TritonRuntime, *, gpus: int
) -> k8s.core.v1.ContainerArgsDict:
    """Return the container that downloads a model and makes of it what is served."""
    token = runtime.token
    container = _container("weights", command, runtime, gpus=gpus)
    own: list[k8s.core.v1.EnvVarArgsDict] = [
        {"name": name, "value": value} for name, value in (hub_environment(token) if token else {}).items()
    ]
    container["env"] = with_further(own, args.env)
    container["volume_mounts"] = [
        {"name": "scripts", "mount_path": SCRIPTS, "read_only": True},
        {"name": "dshm", "mount_path": "/dev/shm"},
        *runtime.weights.mounts,
        *(token.mounts if token else ()),
    ]
    return container


def repository_container(
    command: list[str], runtime: TritonRuntime, mounted: Mounted, *, gpus: int
) -> k8s.core.v1.ContainerArgsDict:
    """Return the container that puts the model repository together."""
    models: list[k8s.core.v1.VolumeMountArgsDict] = [
        {"name": volume_name(model), "mount_path": f"{FILES}/{model}", "read_only": True} for model in mounted.items
    ]
    return {
        **_container("repository", command, runtime, gpus=gpus),
        "volume_mounts": [
            {"name": "scripts", "mount_path": SCRIPTS, "read_only": True},
            {"name": "repository", "mount_path": REPOSITORY},
            *models,
            *runtime.weights.mounts,
        ],
    }


def _container(name: str, command: list[str], runtime: TritonRuntime, *, gpus: int) -> k8s.core.v1.ContainerArgsDict:
    accelerator = runtime.accelerator
    given = {accelerator.resource: str(gpus)} if gpus else {}
    disk, memory = runtime.weights.disk_gib, {"memory": f"{accelerator.memory_gib}Gi"}
    return {
        "name": name,
        "image": runtime.shape.image,
        "command": command,
        "resources": {
            "requests": {
                **memory,
                **({"ephemeral-storage": f"{disk}Gi"} if disk else {}),
                **given,
            },
            # What has no GPU copies files, and holds none of them in memory.
            "limits": given or memory,
        },
        "security_context": {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}},
    }


def volume_name(model: str) -> str:
    """Return the name of a model's volume: a label of DNS has neither '_' nor '.'."""
    return f"model-{model.lower().replace('_', '-').replace('.', '-')}"
