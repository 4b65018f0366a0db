"""TensorRT-LLM behind one Service: a Deployment, an autoscaler, load clients and a benchmark that a person starts."""

import pulumi
import pulumi_kubernetes as k8s
from typing_extensions import override

from slipway.servers.model_server import ModelServer, Standing
from slipway.servers.tensorrt_llm import TensorRtLlm
from slipway.serving.replicas import Listening, deployment, surround
from slipway.serving.service import propagation_seconds
from slipway.serving.tensorrt_llm import pytorch, two_engines
from slipway.serving.tensorrt_llm.jobs import benchmark
from slipway.serving.tensorrt_llm.pod import Runtime, answering, container, pod
from slipway.serving.tensorrt_llm.served import Served
from slipway.serving.tensorrt_llm.settings import EnginesRoute, PyTorchRoute, TensorRtLlmArgs
from slipway.workload import Startup, grace_seconds


class TensorRtLlmServer(ModelServer[TensorRtLlm]):
    """One model behind one Service, scaled on a signal of its engine.

    The Deployment states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full node has no GPU to spare.
    """

    token = "slipway:serving:TensorRtLlmServer"

    @override
    def _create(self, args: TensorRtLlm, at: Standing) -> pulumi.Output[str]:
        site, accelerator, shape = at.site, at.accelerator, args.shape(at.place)
        name, child = shape.name, pulumi.ResourceOptions(parent=self)
        runtime = Runtime.at(site, shape, accelerator, args.env)
        match args.route:
            case PyTorchRoute() as route:
                served = pytorch.served(name, args, route, runtime, child)
            case EnginesRoute() as route:
                served = two_engines.served(name, args, route, runtime, child)
        needed = [resource for token in runtime.tokens for resource in token.depends_on]
        mounted = [served.program.storage, *runtime.tokens]
        metadata: k8s.meta.v1.ObjectMetaArgsDict = {
            "labels": dict(shape.export.labels),
            "annotations": {name: value for each in mounted for name, value in each.annotations.items()},
        }
        workload = deployment(
            shape,
            {"metadata": metadata, "spec": _pod(args, served, runtime)},
            namespace=site.namespace,
            before=[*accelerator.nodes, *needed, *served.before],
            parent=self,
        )
        reached = surround(
            args,
            shape,
            Listening(port=served.ports["http"], health_path=served.health_path, request=served.request),
            site=site,
            workload=workload,
            parent=self,
        )
        benchmark(
            name,
            served.benchmark,
            runtime,
            namespace=site.namespace,
            depends_on=[*served.benchmark.storage.depends_on, *needed],
            opts=child,
        )
        return reached.url


def _pod(args: TensorRtLlmArgs, served: Served, runtime: Runtime) -> k8s.core.v1.PodSpecArgsDict:
    propagation = propagation_seconds(runtime.shape.exposure, runtime.site.load_balancers)
    answers = answering(
        container(served.program, runtime),
        ports=served.ports,
        health_path=served.health_path,
        startup=Startup(runtime.shape.startup_seconds),
        stop_seconds=propagation + args.drain_seconds,
    )
    spec: k8s.core.v1.PodSpecArgsDict = {
        **pod(served.program, answers, runtime),
        "termination_grace_period_seconds": grace_seconds(args.drain_seconds, propagation),
    }
    if served.affinity:
        spec["affinity"] = served.affinity
    return spec
