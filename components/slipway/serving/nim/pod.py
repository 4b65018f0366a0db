"""The pod of a NIM server."""

import pulumi_kubernetes as k8s

from slipway.catalog.engines import NIM
from slipway.catalog.engines.nim.host import CACHE_PATH, LIVE_PATH, USER
from slipway.serving.environment import with_further
from slipway.serving.ngc import KEY, NgcAccess
from slipway.serving.nim.settings import NimArgs
from slipway.serving.service import propagation_seconds
from slipway.serving.shape import Shape
from slipway.serving.site import Site, found
from slipway.workload import Accelerator, Startup, grace_seconds, probes


def nim_pod(args: NimArgs, shape: Shape, *, site: Site, accelerator: Accelerator) -> k8s.core.v1.PodSpecArgsDict:
    """Return the pod that answers requests."""
    ngc = found(site.ngc, "the NGC API key")
    waits = propagation_seconds(shape.exposure, site.load_balancers)
    return {
        "service_account_name": site.service_account,
        "priority_class_name": site.priority_class,
        "automount_service_account_token": False,
        # A Service named nim would otherwise set NIM_PORT and its like, which the server reads.
        "enable_service_links": False,
        "image_pull_secrets": [{"name": ngc.pull_secret}],
        "node_selector": dict(accelerator.node_selector),
        "tolerations": accelerator.tolerations,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": USER,
            "run_as_group": USER,
            "fs_group": USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "termination_grace_period_seconds": grace_seconds(args.drain_seconds, waits),
        "containers": [_container(args, shape, accelerator, ngc, waits)],
        "volumes": [
            {"name": "cache", "empty_dir": {"size_limit": f"{shape.files.disk_gib}Gi"}},
            {"name": "dshm", "empty_dir": {"medium": "Memory", "size_limit": f"{accelerator.shared_memory_gib}Gi"}},
        ],
    }


def _container(
    args: NimArgs, shape: Shape, accelerator: Accelerator, ngc: NgcAccess, waits: int
) -> k8s.core.v1.ContainerArgsDict:
    gpus = {accelerator.resource: str(accelerator.count)}
    # What NIM does with requests on SIGTERM is not documented: a stopping pod first gets the time to finish them.
    drained = waits + args.drain_seconds
    return {
        "name": "nim",
        "image": f"{args.image}:{args.version}",
        "env": _env(args, ngc),
        "ports": [{"name": "http", "container_port": NIM.port}],
        "resources": {
            "requests": {
                "memory": f"{accelerator.memory_gib}Gi",
                "ephemeral-storage": f"{shape.files.disk_gib}Gi",
                **gpus,
            },
            "limits": gpus,
        },
        "security_context": {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}},
        **probes(Startup(shape.startup_seconds), ready_path=NIM.health_path, live_path=LIVE_PATH),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": drained}}},
        "volume_mounts": [
            {"name": "cache", "mount_path": CACHE_PATH},
            {"name": "dshm", "mount_path": "/dev/shm"},
        ],
    }


def _env(args: NimArgs, ngc: NgcAccess) -> list[k8s.core.v1.EnvVarArgsDict]:
    plain = {
        "NIM_CACHE_PATH": CACHE_PATH,
        "NIM_SERVER_PORT": str(NIM.port),
        "NIM_SERVED_MODEL_NAME": args.served_model_name,
        "NIM_MAX_MODEL_LEN": str(args.max_model_len),
        "NIM_JSONL_LOGGING": "1",
    }
    # NIM reads the key from the environment alone.
    key: k8s.core.v1.EnvVarArgsDict = {
        "name": KEY,
        "value_from": {"secret_key_ref": {"name": ngc.key_secret, "key": KEY}},
    }
    return with_further([key, *({"name": name, "value": value} for name, value in plain.items())], args.env)
