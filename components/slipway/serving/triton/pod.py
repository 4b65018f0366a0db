"""The pods of a Triton server: containers, probes, volumes and drain.

On SIGTERM Triton refuses connections at once and finishes what it has (seen on 2.51); so a stopping pod first waits
until no proxy knows its address, and only then gets SIGTERM.
"""

from collections.abc import Sequence

import pulumi_kubernetes as k8s

from slipway.serving.triton.containers import Mounted, TritonRuntime, volume_name
from slipway.serving.triton.settings import TritonArgs
from slipway.workload import grace_seconds


def pod(
    args: TritonArgs,
    runtime: TritonRuntime,
    mounted: Mounted,
    *,
    containers: Sequence[k8s.core.v1.ContainerArgsDict],
    before: Sequence[k8s.core.v1.ContainerArgsDict] = (),
    restart: str = "Always",
) -> k8s.core.v1.PodSpecArgsDict:
    """Return a pod on a node of the pool.

    Args:
        before: containers that run before, one after the other.
    """
    accelerator, token = runtime.accelerator, runtime.token
    return {
        "service_account_name": runtime.service_account,
        "priority_class_name": runtime.priority_class,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "image_pull_secrets": [{"name": runtime.pull_secret}],
        "node_selector": dict(accelerator.node_selector),
        "tolerations": accelerator.tolerations,
        "security_context": {"seccomp_profile": {"type": "RuntimeDefault"}},
        "termination_grace_period_seconds": grace_seconds(args.drain_seconds, runtime.propagation_seconds),
        "restart_policy": restart,
        "init_containers": list(before),
        "containers": list(containers),
        "volumes": [
            {"name": "scripts", "config_map": {"name": mounted.scripts}},
            {"name": "repository", "empty_dir": {}},
            {"name": "dshm", "empty_dir": {"medium": "Memory", "size_limit": f"{accelerator.shared_memory_gib}Gi"}},
            *_file_volumes(mounted),
            *runtime.weights.volumes,
            *(token.volumes if token else ()),
        ],
    }


def _file_volumes(mounted: Mounted) -> list[k8s.core.v1.VolumeArgsDict]:
    """Return a volume for each model: Triton takes every directory for a model, and a volume's root holds others."""
    if mounted.files is None:
        return []
    return [
        {
            "name": volume_name(model),
            "config_map": {
                "name": mounted.files,
                "items": [{"key": key, "path": path} for key, path in items.items()],
            },
        }
        for model, items in mounted.items.items()
    ]
