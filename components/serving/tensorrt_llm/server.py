"""TensorRT-LLM behind one Service: a Deployment, an autoscaler, load clients and a benchmark that a person starts."""

from dataclasses import replace

import pulumi
import pulumi_kubernetes as k8s

from catalog.engines import Series
from components.serving.autoscaling import MetricsPath
from components.serving.replicas import Listening, deployment, surround
from components.serving.service import Balanced, LoadBalancers, propagation_seconds
from components.serving.settings import ClusterOnly
from components.serving.tensorrt_llm import pytorch, two_engines
from components.serving.tensorrt_llm.jobs import benchmark
from components.serving.tensorrt_llm.pod import answering, container, pod
from components.serving.tensorrt_llm.served import Runtime, Served
from components.serving.tensorrt_llm.settings import EnginesRoute, PyTorchRoute, TensorRtLlmArgs
from components.workload import Startup, grace_seconds, labels


class TensorRtLlmServer(pulumi.ComponentResource):
    """One model behind one Service, scaled on a signal of its engine.

    The Deployment states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full node has no GPU to spare.

    Attributes:
        url: where clients send requests; inside the cluster unless the server is exposed.
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: TensorRtLlmArgs,
        *,
        runtime: Runtime,
        startup: Startup,
        series: Series,
        metrics: MetricsPath,
        exposure: ClusterOnly | Balanced,
        load_balancers: LoadBalancers | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:TensorRtLlmServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        runtime = replace(runtime, surroundings=replace(runtime.surroundings, further=args.env))
        namespace, selector, surroundings = runtime.namespace, labels(name), runtime.surroundings
        match args.route:
            case PyTorchRoute() as route:
                served = pytorch.served(name, args, route, runtime, startup, child)
            case EnginesRoute() as route:
                served = two_engines.served(name, args, route, runtime, startup, child)

        annotations = {**served.program.storage.annotations, **surroundings.token.annotations}
        pods = _pod(args, served, runtime, startup, propagation_seconds(exposure, load_balancers))
        workload = deployment(
            name,
            {"metadata": {"labels": selector, "annotations": annotations}, "spec": pods},
            selector=selector,
            namespace=namespace,
            startup=startup,
            before=[*surroundings.accelerator.nodes, *surroundings.token.depends_on, *served.before],
            parent=self,
        )
        reached = surround(
            name,
            args,
            Listening(
                port=served.ports["http"],
                health_path=served.health_path,
                metrics_port=served.metrics_port,
                metrics_path=served.metrics_path,
                request=served.request,
            ),
            workload=workload,
            selector=selector,
            series=series,
            namespace=namespace,
            metrics=metrics,
            exposure=exposure,
            load_balancers=load_balancers,
            parent=self,
        )
        benchmark(
            name,
            served.benchmark,
            surroundings,
            namespace=namespace,
            depends_on=[*served.benchmark.storage.depends_on, *surroundings.token.depends_on],
            opts=child,
        )
        self.url = reached.url
        self.register_outputs({"url": self.url})


def _pod(
    args: TensorRtLlmArgs, served: Served, runtime: Runtime, startup: Startup, propagation: int
) -> k8s.core.v1.PodSpecArgsDict:
    answers = answering(
        container(served.program, runtime.surroundings),
        ports=served.ports,
        health_path=served.health_path,
        startup=startup,
        stop_seconds=propagation + args.drain_seconds,
    )
    spec: k8s.core.v1.PodSpecArgsDict = {
        **pod(served.program, answers, runtime.surroundings),
        "termination_grace_period_seconds": grace_seconds(args.drain_seconds, propagation),
    }
    if served.affinity:
        spec["affinity"] = served.affinity
    return spec
