"""What the pods of both routes have in common: where they run, what they mount and how they stop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import pulumi
import pulumi_kubernetes as k8s

from slipway.serving.environment import with_further
from slipway.serving.environment_settings import Environment
from slipway.serving.site import Site, found
from slipway.serving.tensorrt_llm.shape import TensorRtLlmShape
from slipway.serving.token import hub_environment
from slipway.workload import Accelerator, Startup, Volumes, probes

CONFIG_PATH = "/etc/slipway"
CONFIG = "config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What a pod runs.

    Attributes:
        name: of the container.
        environment: variables by name.
        config: name of the ConfigMap at `CONFIG_PATH`.
        storage: where models are.
        gpus: GPUs of the pod.
        memory_gib: main memory that it asks for, GiB.
    """

    name: str
    image: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    config: pulumi.Input[str]
    storage: Volumes
    gpus: int
    memory_gib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What a server runs on and from.

    Attributes:
        accelerator: hardware of a replica.
        site: where the server stands.
        tokens: the Hugging Face token, as a file, where models come from there.
        further: variables that a person adds.
    """

    shape: TensorRtLlmShape
    accelerator: Accelerator
    site: Site
    tokens: Sequence[Volumes]
    further: Environment

    @classmethod
    def at(cls, site: Site, shape: TensorRtLlmShape, accelerator: Accelerator, further: Environment) -> Self:
        """Return what a server of this shape has at a site."""
        reads = site.storage.volumes(shape.files).read_only
        tokens = [] if reads else [found(site.hugging_face, "the Hugging Face token")]
        return cls(shape=shape, accelerator=accelerator, site=site, tokens=tokens, further=further)


def pod(program: Program, container: k8s.core.v1.ContainerArgsDict, runtime: Runtime) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod that runs a program in a container made for it."""
    accelerator = runtime.accelerator
    return {
        "service_account_name": runtime.site.service_account,
        "priority_class_name": runtime.site.priority_class,
        "automount_service_account_token": False,
        # A Service's name must not become an environment variable that a program reads.
        "enable_service_links": False,
        "node_selector": dict(accelerator.node_selector),
        "tolerations": accelerator.tolerations,
        "security_context": {"seccomp_profile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [
            {"name": "dshm", "empty_dir": {"medium": "Memory", "size_limit": f"{accelerator.shared_memory_gib}Gi"}},
            {"name": CONFIG, "config_map": {"name": program.config}},
            *program.storage.volumes,
            *(volume for token in runtime.tokens for volume in token.volumes),
        ],
    }


def container(program: Program, runtime: Runtime) -> k8s.core.v1.ContainerArgsDict:
    """Return the container of a program; NVIDIA's images run as root."""
    accelerator, storage = runtime.accelerator, program.storage
    gpus = {accelerator.resource: str(program.gpus)}
    environment = {
        **{name: value for token in runtime.tokens for name, value in hub_environment(token).items()},
        **({"HF_HUB_OFFLINE": "1"} if storage.read_only else {"HF_HOME": storage.path}),
        **program.environment,
    }
    return {
        "name": program.name,
        "image": program.image,
        "command": list(program.command),
        "env": with_further([{"name": name, "value": environment[name]} for name in environment], runtime.further),
        "resources": {
            "requests": {
                "memory": f"{program.memory_gib}Gi",
                **({"ephemeral-storage": f"{storage.disk_gib}Gi"} if storage.disk_gib else {}),
                **gpus,
            },
            "limits": gpus,
        },
        "security_context": {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}},
        "volume_mounts": [
            {"name": "dshm", "mount_path": "/dev/shm"},
            {"name": CONFIG, "mount_path": CONFIG_PATH, "read_only": True},
            *storage.mounts,
            *(mount for token in runtime.tokens for mount in token.mounts),
        ],
    }


def answering(
    container: k8s.core.v1.ContainerArgsDict,
    *,
    ports: Mapping[str, int],
    health_path: str,
    startup: Startup,
    stop_seconds: int,
) -> k8s.core.v1.ContainerArgsDict:
    """Return the container of a server, which answers requests at its port `http`.

    What the servers do with requests on SIGTERM is not documented: a stopping pod first gets the time to finish them.

    Args:
        stop_seconds: time for which a stopping pod still gets requests, and longest time to finish them.
    """
    return {
        **container,
        "ports": [{"name": name, "container_port": port} for name, port in ports.items()],
        **probes(startup, ready_path=health_path, live_path=health_path),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": stop_seconds}}},
    }
