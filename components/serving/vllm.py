"""vLLM behind one Service: a Deployment where a replica is one pod, a LeaderWorkerSet where it spans hosts."""

import pulumi
import pulumi_kubernetes as k8s

from catalog.engines import VLLM
from components.custom_resources import custom_resource, wire
from components.custom_resources.leader_worker_set import (
    LeaderWorkerSet,
    LeaderWorkerTemplate,
    RollingUpdate,
    RolloutStrategy,
)
from components.serving.autoscaling import MetricsPath, autoscaler
from components.serving.load_clients import load_clients
from components.serving.service import Endpoint, endpoint
from components.serving.settings import Public, VllmArgs
from components.serving.vllm_pod import VllmRuntime, leader, worker
from components.workload import Startup, labels

LEADER = {"role": "leader"}


class VllmServer(pulumi.ComponentResource):
    """One model behind one Service, scaled on a signal of its engine.

    The workload states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full pool has no slice to spare.

    Attributes:
        url: where clients send requests; inside the cluster unless the server is exposed.
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: VllmArgs,
        *,
        namespace: pulumi.Input[str],
        runtime: VllmRuntime,
        startup: Startup,
        metrics: MetricsPath,
        group_controller: pulumi.Resource | None = None,
        api_key: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:VllmServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        multi_host = runtime.accelerator.hosts > 1
        selector = labels(name) | (LEADER if multi_host else {})

        key: k8s.core.v1.Secret | None = None
        if isinstance(args.exposure, Public):
            if api_key is None:
                msg = f"{name}: a public server needs an API key"
                raise pulumi.RunError(msg)
            key = k8s.core.v1.Secret(
                f"{name}-api-key", metadata={"namespace": namespace}, string_data={"key": api_key}, opts=child
            )
        key_name = key.metadata["name"] if key else None

        before = [
            *([group_controller] if group_controller else []),
            *runtime.accelerator.nodes,
            *runtime.weights.depends_on,
            *runtime.token.depends_on,
        ]
        workload_opts = pulumi.ResourceOptions(
            parent=self, depends_on=before, ignore_changes=["spec.replicas"], custom_timeouts=startup.timeouts
        )
        metadata: k8s.meta.v1.ObjectMetaArgsDict = {"name": name, "namespace": namespace, "labels": labels(name)}
        pod = leader(args, runtime, startup, key_name)
        if multi_host:
            workload: pulumi.Resource = custom_resource(
                name,
                LeaderWorkerSet(
                    leader_worker_template=LeaderWorkerTemplate(
                        size=runtime.accelerator.hosts,
                        leader_template=wire(_template(pod, selector, runtime)),
                        worker_template=wire(_template(worker(args, runtime), labels(name), runtime)),
                    ),
                    rollout_strategy=RolloutStrategy(
                        rolling_update_configuration=RollingUpdate(max_surge=0, max_unavailable=1)
                    ),
                ),
                metadata={**metadata},
                opts=workload_opts,
            )
        else:
            workload = k8s.apps.v1.Deployment(
                name,
                metadata=metadata,
                spec={
                    "selector": {"match_labels": selector},
                    "strategy": {
                        "type": "RollingUpdate",
                        "rolling_update": {"max_surge": 0, "max_unavailable": 1},
                    },
                    "progress_deadline_seconds": startup.progress_deadline_seconds,
                    "template": _template(pod, selector, runtime),
                },
                opts=workload_opts,
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
        reached: Endpoint = endpoint(
            name, args.exposure, namespace=namespace, selector=selector, port=VLLM.port, opts=after
        )
        scraped = metrics.scrape(
            name, namespace=namespace, labels=selector, port="http", path=VLLM.metrics_path, opts=child
        )
        autoscaler(
            name,
            args.autoscaling,
            series=VLLM.signals[args.autoscaling.metric.signal],
            target={
                "api_version": "leaderworkerset.x-k8s.io/v1" if multi_host else "apps/v1",
                "kind": "LeaderWorkerSet" if multi_host else "Deployment",
                "name": name,
            },
            namespace=namespace,
            metrics=metrics,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[workload, scraped, *metrics.ready]),
        )
        load_clients(
            name,
            args.load_clients,
            model=args.served_model_name or args.model,
            url=reached.inside,
            namespace=namespace,
            api_key=key_name,
            opts=after,
        )
        self.url = reached.url
        self.register_outputs({"url": self.url})


def _template(
    pod: k8s.core.v1.PodSpecArgsDict, pod_labels: dict[str, str], runtime: VllmRuntime
) -> k8s.core.v1.PodTemplateSpecArgsDict:
    annotations = {**runtime.weights.annotations, **runtime.token.annotations}
    return {"metadata": {"labels": pod_labels, "annotations": annotations}, "spec": pod}
