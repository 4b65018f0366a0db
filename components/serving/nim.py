"""NVIDIA NIM behind one Service, as a workload of its own: neither NVIDIA's chart nor its operator is needed.

The chart of NVIDIA gives a server two Services, both of which its monitor matches, so that every pod is scraped twice.
Here a monitor selects pods.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from catalog.engines import NIM
from catalog.nim import CACHE_PATH, LIVE_PATH, USER, metrics_path, signals
from components.serving.autoscaling import MetricsPath, autoscaler
from components.serving.load_clients import load_clients
from components.serving.ngc import KEY, NgcAccess
from components.serving.nim_settings import NimArgs
from components.serving.service import endpoint
from components.serving.settings import ClusterOnly
from components.workload import ENDPOINT_PROPAGATION_SECONDS, Accelerator, Startup, grace_seconds, labels


@dataclass(frozen=True, slots=True)
class NimRuntime:
    """What a server runs on and from.

    Attributes:
        accelerator: hardware of a replica.
        cache_gib: disk for the model's files, GiB; each new replica downloads them.
        ngc: the key with which image and model are fetched.
        service_account: who the pods are.
    """

    accelerator: Accelerator
    cache_gib: int
    ngc: NgcAccess
    service_account: pulumi.Input[str]


class NimServer(pulumi.ComponentResource):
    """One model behind one Service, scaled on a signal of its engine.

    The Deployment states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full pool has no GPU to spare.

    Attributes:
        url: where clients in the cluster send requests.
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: NimArgs,
        *,
        namespace: pulumi.Input[str],
        runtime: NimRuntime,
        startup: Startup,
        metrics: MetricsPath,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:NimServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        selector = labels(name)
        metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": name, "namespace": namespace, "labels": selector}

        workload = k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec={
                "selector": {"match_labels": selector},
                "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": 0, "max_unavailable": 1}},
                "progress_deadline_seconds": startup.progress_deadline_seconds,
                "template": {"metadata": {"labels": selector}, "spec": _pod(args, runtime, startup)},
            },
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*runtime.accelerator.nodes, *runtime.ngc.depends_on],
                ignore_changes=["spec.replicas"],
                custom_timeouts=startup.timeouts,
            ),
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[workload])
        k8s.policy.v1.PodDisruptionBudget(
            name,
            metadata={"name": name, "namespace": namespace},
            spec={
                "selector": {"match_labels": selector},
                "max_unavailable": 1,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=child,
        )
        reached = endpoint(name, ClusterOnly(), namespace=namespace, selector=selector, port=NIM.port, opts=after)
        scraped = metrics.scrape(
            name, namespace=namespace, labels=selector, port="http", path=metrics_path(args.version), opts=child
        )
        autoscaler(
            name,
            args.autoscaling,
            series=signals(args.version)[args.autoscaling.metric.signal],
            target={"api_version": "apps/v1", "kind": "Deployment", "name": name},
            namespace=namespace,
            metrics=metrics,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[workload, scraped, *metrics.ready]),
        )
        load_clients(
            name,
            args.load_clients,
            model=args.served_model_name,
            url=reached.inside,
            namespace=namespace,
            api_key=None,
            opts=after,
        )
        self.url = reached.url
        self.register_outputs({"url": self.url})


def _pod(args: NimArgs, runtime: NimRuntime, startup: Startup) -> k8s.core.v1.PodSpecArgsDict:
    accelerator = runtime.accelerator
    return {
        "service_account_name": runtime.service_account,
        "automount_service_account_token": False,
        # A Service named nim would otherwise set NIM_PORT and its like, which the server reads.
        "enable_service_links": False,
        "image_pull_secrets": [{"name": runtime.ngc.pull_secret}],
        "node_selector": dict(accelerator.node_selector),
        "tolerations": [{"key": accelerator.resource, "operator": "Exists", "effect": "NoSchedule"}],
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": USER,
            "run_as_group": USER,
            "fs_group": USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "termination_grace_period_seconds": grace_seconds(args.drain_seconds),
        "containers": [_container(args, runtime, startup)],
        "volumes": [
            {"name": "cache", "empty_dir": {"size_limit": f"{runtime.cache_gib}Gi"}},
            {"name": "dshm", "empty_dir": {"medium": "Memory", "size_limit": f"{accelerator.shared_memory_gib}Gi"}},
        ],
    }


def _container(args: NimArgs, runtime: NimRuntime, startup: Startup) -> k8s.core.v1.ContainerArgsDict:
    accelerator = runtime.accelerator
    ready: k8s.core.v1.ProbeArgsDict = {"http_get": {"path": NIM.health_path, "port": "http"}}
    live: k8s.core.v1.ProbeArgsDict = {"http_get": {"path": LIVE_PATH, "port": "http"}}
    gpus = {accelerator.resource: str(accelerator.count)}
    # What NIM does with requests on SIGTERM is not documented: a stopping pod first gets the time to finish them.
    drained = ENDPOINT_PROPAGATION_SECONDS + args.drain_seconds
    return {
        "name": "nim",
        "image": f"{args.image}:{args.version}",
        "env": _env(args, runtime),
        "ports": [{"name": "http", "container_port": NIM.port}],
        "resources": {
            "requests": {
                "memory": f"{accelerator.memory_gib}Gi",
                "ephemeral-storage": f"{runtime.cache_gib}Gi",
                **gpus,
            },
            "limits": gpus,
        },
        "security_context": {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}},
        "startup_probe": {**ready, **startup.probe},
        "readiness_probe": {**ready, "period_seconds": 5, "failure_threshold": 3},
        "liveness_probe": {**live, "period_seconds": 10, "timeout_seconds": 5, "failure_threshold": 6},
        "lifecycle": {"pre_stop": {"sleep": {"seconds": drained}}},
        "volume_mounts": [
            {"name": "cache", "mount_path": CACHE_PATH},
            {"name": "dshm", "mount_path": "/dev/shm"},
        ],
    }


def _env(args: NimArgs, runtime: NimRuntime) -> list[k8s.core.v1.EnvVarArgsDict]:
    plain = {
        "NIM_CACHE_PATH": CACHE_PATH,
        "NIM_SERVER_PORT": str(NIM.port),
        "NIM_SERVED_MODEL_NAME": args.served_model_name,
        "NIM_MAX_MODEL_LEN": str(args.max_model_len),
        "NIM_JSONL_LOGGING": "1",
        **args.extra_env,
    }
    # NIM reads the key from the environment alone.
    key: k8s.core.v1.EnvVarArgsDict = {
        "name": KEY,
        "value_from": {"secret_key_ref": {"name": runtime.ngc.key_secret, "key": KEY}},
    }
    return [key, *({"name": name, "value": value} for name, value in plain.items())]
