"""NVIDIA NIM behind one Service, as a workload of its own: neither NVIDIA's chart nor its operator is needed.

The chart of NVIDIA gives a server two Services, both of which its monitor matches, so that every pod is scraped twice.
Here a monitor selects pods.
"""

import pulumi

from catalog.engines import NIM
from catalog.engines.nim.host import metrics_path, signals
from components.serving.autoscaling import MetricsPath
from components.serving.load_clients import completion
from components.serving.load_test import load_test
from components.serving.nim_pod import NimRuntime, nim_pod
from components.serving.nim_settings import NimArgs
from components.serving.replicas import Listening, deployment, surround
from components.serving.service import Balanced, LoadBalancers, propagation_seconds
from components.serving.settings import ClusterOnly
from components.workload import Startup, labels


class NimServer(pulumi.ComponentResource):
    """One model behind one Service, scaled on a signal of its engine.

    The Deployment states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full pool has no GPU to spare.

    Attributes:
        url: where clients send requests; inside the cluster unless the server is exposed.
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
        exposure: ClusterOnly | Balanced,
        load_balancers: LoadBalancers | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:NimServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        selector = labels(name)
        waits = propagation_seconds(exposure, load_balancers)
        workload = deployment(
            name,
            {"metadata": {"labels": selector}, "spec": nim_pod(args, runtime, startup, waits)},
            selector=selector,
            namespace=namespace,
            startup=startup,
            before=[*runtime.accelerator.nodes, *runtime.ngc.depends_on],
            parent=self,
        )
        reached = surround(
            name,
            args,
            Listening(
                port=NIM.port,
                health_path=NIM.health_path,
                metrics_path=metrics_path(args.version),
                request=completion(args.served_model_name, args.load_clients),
            ),
            workload=workload,
            selector=selector,
            series=signals(args.version)[args.autoscaling.metric.signal],
            namespace=namespace,
            metrics=metrics,
            exposure=exposure,
            load_balancers=load_balancers,
            parent=self,
        )
        if args.load_test:
            load_test(
                name,
                args.load_test,
                model=args.served_model_name,
                url=reached.inside,
                namespace=namespace,
                opts=child,
            )
        self.url = reached.url
        self.register_outputs({"url": self.url})
