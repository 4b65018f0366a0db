"""NVIDIA NIM behind one Service, made by NVIDIA's operator: a NIMCache for the model and a NIMService for the rest.

The operator owns Deployment, Service and HorizontalPodAutoscaler, and deletes an autoscaler of the server's name that
it has not made. So the autoscaler is stated in the NIMService and nowhere else. Its own monitor is off: one of ours
selects pods, as for every other server.
"""

import pulumi

from catalog.engines import NIM
from catalog.engines.nim.host import metrics_path, signals
from components.custom_resources import late_custom_resource
from components.custom_resources.nim_operator import NimCache, NimService
from components.serving.autoscaling import MetricsPath
from components.serving.load_clients import completion, load_clients
from components.serving.load_test import load_test
from components.serving.nim_objects import PORT, OperatedRuntime, cache_spec, claimed, service_spec
from components.serving.nim_settings import NimArgs, NimThroughOperator
from components.serving.replicas import disruption_budget
from components.workload import Startup, labels

READY = {"pulumi.com/waitFor": "jsonpath={.status.state}=Ready"}


class OperatedNim(pulumi.ComponentResource):
    """One model behind one Service, scaled on a signal of its engine.

    Attributes:
        url: where clients in the cluster send requests.
    """

    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: NimArgs,
        deployment: NimThroughOperator,
        *,
        namespace: pulumi.Input[str],
        runtime: OperatedRuntime,
        startup: Startup,
        metrics: MetricsPath,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:OperatedNim", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        metric = metrics.metric(signals(args.version)[args.autoscaling.metric.signal], name)
        if not isinstance(metric, str):
            msg = f"{name}: the operator's autoscaler asks for a metric by its name, and nobody serves it by one"
            raise pulumi.RunError(msg)
        storage = runtime.storage.depends_on if runtime.storage else ()
        operator = [runtime.operator] if runtime.operator else []
        secrets = pulumi.Output.all(runtime.ngc.pull_secret, runtime.ngc.key_secret, claimed(runtime))
        cache = late_custom_resource(
            f"{name}-cache",
            NimCache,
            secrets.apply(lambda names: cache_spec(name, args, deployment, runtime, names)),
            metadata={"name": f"{name}-cache", "namespace": namespace},
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*operator, *runtime.accelerator.nodes, *runtime.ngc.depends_on, *storage],
            ),
        )
        service = late_custom_resource(
            name,
            NimService,
            secrets.apply(
                lambda names: service_spec(f"{name}-cache", args, deployment, runtime, startup, metric, names)
            ),
            metadata={"name": name, "namespace": namespace, "annotations": READY},
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[cache, *metrics.ready], custom_timeouts=startup.timeouts
            ),
        )
        disruption_budget(name, selector=labels(name), namespace=namespace, opts=child)
        metrics.scrape(
            name, namespace=namespace, labels=labels(name), port=PORT, path=metrics_path(args.version), opts=child
        )
        self.url = pulumi.Output.format("http://{name}.{space}.svc:{port}", name=name, space=namespace, port=NIM.port)
        load_clients(
            name,
            args.load_clients,
            request=completion(args.served_model_name, args.load_clients),
            url=self.url,
            namespace=namespace,
            api_key=None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[service]),
        )
        if args.load_test:
            load_test(name, args.load_test, model=args.served_model_name, url=self.url, namespace=namespace, opts=child)
        self.register_outputs({"url": self.url})
