"""The pods of engines that read a model from storage and answer OpenAI's API: what they run on and from, what they
mount, how they are asked and how they stop. Engines add their command lines and their variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.environment import with_further
from slipway.serving.environment_settings import Environment
from slipway.serving.shape import EngineShape
from slipway.serving.site import Site, found
from slipway.serving.token import hub_environment
from slipway.workload import Accelerator, Startup, Volumes, grace_seconds, probes


@dataclass(frozen=True, slots=True)
class EngineRuntime:
    """What a server runs on and from, whichever cloud gives it.

    Attributes:
        image: the image with its tag.
        weights: storage of the weights and of compiled programs.
        token: the Hugging Face token, as a file, where the weights come from there.
        depends_on: what must exist before a pod can start.
    """

    shape: EngineShape
    image: pulumi.Input[str]
    accelerator: Accelerator
    weights: Volumes
    token: Volumes | None
    service_account: pulumi.Input[str]
    priority_class: pulumi.Input[str]
    depends_on: Sequence[pulumi.Resource]

    @classmethod
    def at(cls, site: Site, shape: EngineShape, accelerator: Accelerator, weights: Volumes | None = None) -> Self:
        """Return what a server of this shape has at a site.

        Args:
            weights: what pods mount where the weights do not come from Hugging Face.
        """
        own, weights = weights, weights or site.storage.volumes(shape.files)
        token = None if own or weights.read_only else found(site.hugging_face, "the Hugging Face token")
        mounted = [weights, *([token] if token else [])]
        return cls(
            shape=shape,
            image=shape.own_image
            or pulumi.Output.format("{hub}{image}:{tag}", hub=site.docker_hub, image=shape.image, tag=shape.tag),
            accelerator=accelerator,
            weights=weights,
            token=token,
            service_account=site.service_account,
            priority_class=site.priority_class,
            depends_on=[
                *([site.groups] if site.groups and accelerator.hosts > 1 else []),
                *accelerator.nodes,
                *(resource for each in mounted for resource in each.depends_on),
            ],
        )

    @property
    def mounted(self) -> Sequence[Volumes]:
        """What its pods mount."""
        return [self.weights, self.token] if self.token else [self.weights]

    def template(
        self, pod: k8s.core.v1.PodSpecArgsDict, pod_labels: Mapping[str, str]
    ) -> k8s.core.v1.PodTemplateSpecArgsDict:
        """Return the template of a pod, with what it must carry for what it mounts."""
        annotations = {name: value for each in self.mounted for name, value in each.annotations.items()}
        return {"metadata": {"labels": dict(pod_labels), "annotations": annotations}, "spec": pod}


def container(
    name: str,
    command: Sequence[str],
    runtime: EngineRuntime,
    *,
    environment: Mapping[str, str],
    secrets: Sequence[k8s.core.v1.EnvVarArgsDict] = (),
    further: Environment,
) -> k8s.core.v1.ContainerArgsDict:
    """Return the container of an engine; the images of engines run as root.

    Args:
        environment: variables of the engine by name.
        secrets: those that come from a Kubernetes Secret.
        further: what a person adds.
    """
    accelerator, shape, token = runtime.accelerator, runtime.shape, runtime.token
    own = {
        **(hub_environment(token) if token else {}),
        **({"HF_HUB_OFFLINE": "1"} if runtime.weights.read_only else {}),
        # Hosts of one replica compile the same at the same time, and would write to the same files.
        **(
            {shape.cache_variable: f"{runtime.weights.path}/.compiled/{shape.tag}"}
            if accelerator.hosts == 1 and not runtime.weights.read_only
            else {}
        ),
        **environment,
        **shape.chip_environment,
    }
    chips = {accelerator.resource: str(accelerator.count)}
    return {
        "name": name,
        "image": runtime.image,
        "command": list(command),
        "env": with_further([*({"name": each, "value": value} for each, value in own.items()), *secrets], further),
        "resources": {
            "requests": {
                "memory": f"{accelerator.memory_gib}Gi",
                **({"ephemeral-storage": f"{disk}Gi"} if (disk := runtime.weights.disk_gib) else {}),
                **chips,
            },
            "limits": chips,
        },
        "security_context": {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}},
        "volume_mounts": [
            {"name": "dshm", "mount_path": "/dev/shm"},
            *(mount for each in runtime.mounted for mount in each.mounts),
        ],
    }


def answering(
    container: k8s.core.v1.ContainerArgsDict, runtime: EngineRuntime, propagation_seconds: int
) -> k8s.core.v1.ContainerArgsDict:
    """Return the container of a pod that answers requests. It drains on SIGTERM, which comes when no proxy knows it."""
    engine, startup = runtime.shape.export.engine, Startup(runtime.shape.startup_seconds)
    return {
        **container,
        "ports": [{"name": "http", "container_port": engine.port}],
        **probes(startup, ready_path=engine.health_path, live_path=engine.health_path),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": propagation_seconds}}},
    }


def pod(
    container: k8s.core.v1.ContainerArgsDict, runtime: EngineRuntime, *, drain_seconds: int, propagation_seconds: int
) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod of an engine's container."""
    shared_memory = f"{runtime.accelerator.shared_memory_gib}Gi"
    return {
        "service_account_name": runtime.service_account,
        # Clouds know a pod by its address or by a token of their own; nothing here asks Kubernetes.
        "automount_service_account_token": False,
        "priority_class_name": runtime.priority_class,
        # A Service's name must not become an environment variable that an engine reads.
        "enable_service_links": False,
        "node_selector": dict(runtime.accelerator.node_selector),
        "tolerations": runtime.accelerator.tolerations,
        "security_context": {"seccomp_profile": {"type": "RuntimeDefault"}},
        "termination_grace_period_seconds": grace_seconds(drain_seconds, propagation_seconds),
        "containers": [container],
        "volumes": [
            {"name": "dshm", "empty_dir": {"medium": "Memory", "size_limit": shared_memory}},
            *(volume for each in runtime.mounted for volume in each.volumes),
        ],
    }
