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
from components.serving.autoscaling import MetricsPath
from components.serving.load_clients import completion
from components.serving.replicas import Listening, deployment, surround, workload_options
from components.serving.service import Balanced, LoadBalancers, propagation_seconds
from components.serving.settings import ClusterOnly, Public, PublicAlb, VllmArgs
from components.serving.vllm_pod import leader, worker
from components.serving.vllm_runtime import VllmRuntime
from components.workload import Startup, labels

LEADER = {"role": "leader"}
POD = ("apps/v1", "Deployment")
GROUP = ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet")
"""Kinds of workloads by what a replica is."""


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
        exposure: ClusterOnly | Balanced,
        load_balancers: LoadBalancers | None,
        group_controller: pulumi.Resource | None = None,
        api_key: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:VllmServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        multi_host = runtime.accelerator.hosts > 1
        selector = labels(name) | (LEADER if multi_host else {})

        key: k8s.core.v1.Secret | None = None
        if isinstance(exposure, Public | PublicAlb):
            if api_key is None:
                msg = f"{name}: a public server needs an API key"
                raise pulumi.RunError(msg)
            key = k8s.core.v1.Secret(
                f"{name}-api-key", metadata={"namespace": namespace}, string_data={"key": api_key}, opts=child
            )
        key_name = key.metadata["name"] if key else None

        before = [*([group_controller] if group_controller else []), *runtime.depends_on]
        pod = leader(args, runtime, startup, key_name, propagation_seconds(exposure, load_balancers))
        answering = _template(pod, selector, runtime)
        if multi_host:
            workload: pulumi.Resource = custom_resource(
                name,
                LeaderWorkerSet(
                    leader_worker_template=LeaderWorkerTemplate(
                        size=runtime.accelerator.hosts,
                        leader_template=wire(answering),
                        worker_template=wire(_template(worker(args, runtime), labels(name), runtime)),
                    ),
                    rollout_strategy=RolloutStrategy(
                        rolling_update_configuration=RollingUpdate(max_surge=0, max_unavailable=1)
                    ),
                ),
                metadata={"name": name, "namespace": namespace, "labels": labels(name)},
                opts=workload_options(startup, before, self),
            )
        else:
            workload = deployment(
                name,
                answering,
                selector=selector,
                namespace=namespace,
                startup=startup,
                before=before,
                parent=self,
            )
        reached = surround(
            name,
            args,
            Listening(
                port=VLLM.port,
                health_path=VLLM.health_path,
                metrics_path=VLLM.metrics_path,
                request=completion(args.served_model_name or args.model, args.load_clients),
                # vLLM asks for the key beneath this path alone.
                public_path="/v1",
            ),
            workload=workload,
            kind=GROUP if multi_host else POD,
            selector=selector,
            series=VLLM.signals[args.autoscaling.metric.signal],
            namespace=namespace,
            metrics=metrics,
            exposure=exposure,
            load_balancers=load_balancers,
            api_key=key_name,
            parent=self,
        )
        self.url = reached.url
        self.register_outputs({"url": self.url})


def _template(
    pod: k8s.core.v1.PodSpecArgsDict, pod_labels: dict[str, str], runtime: VllmRuntime
) -> k8s.core.v1.PodTemplateSpecArgsDict:
    return {"metadata": {"labels": pod_labels, "annotations": runtime.annotations}, "spec": pod}
