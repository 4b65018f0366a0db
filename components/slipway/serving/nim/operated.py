"""NVIDIA NIM behind one Service, made by NVIDIA's operator: a NIMCache for the model and a NIMService for the rest.

The operator owns Deployment, Service and HorizontalPodAutoscaler, and deletes an autoscaler of the server's name that
it has not made. So the autoscaler is stated in the NIMService and nowhere else. Its own monitor is off: one of ours
selects pods, as for every other server.
"""

from functools import partial

import pulumi
from typing_extensions import override

from slipway.catalog.engines import NIM
from slipway.custom_resources import late_custom_resource
from slipway.custom_resources.nim_operator import NimCache, NimService
from slipway.servers.model_server import ModelServer, Standing
from slipway.servers.nim import Nim
from slipway.serving.load_clients import completion, load_clients
from slipway.serving.load_test import load_test
from slipway.serving.nim.objects import Operated, cache_spec, service_spec
from slipway.serving.nim.settings import NimArgs, NimThroughOperator
from slipway.serving.reach import reach
from slipway.serving.replicas import disruption_budget, scrape
from slipway.serving.shape import Shape
from slipway.serving.site import Site, found
from slipway.workload import Startup, Volumes, labels

READY = {"pulumi.com/waitFor": "jsonpath={.status.state}=Ready"}


class OperatedNim(ModelServer[Nim]):
    """One model behind one Service, scaled on a signal of its engine."""

    token = "slipway:serving:OperatedNim"

    @override
    def _create(self, args: Nim, at: Standing) -> pulumi.Output[str]:
        deployment, site, accelerator, shape = args.deployment, at.site, at.accelerator, args.shape(at.place)
        assert isinstance(deployment, NimThroughOperator)
        name = shape.name
        child, startup = pulumi.ResourceOptions(parent=self), Startup(shape.startup_seconds)
        ngc, claim = found(site.ngc, "the NGC API key"), _claim(deployment, shape, site)
        metric = _metric(name, shape, site)

        def operated(names: list[str]) -> Operated:
            return Operated(
                args=args,
                deployment=deployment,
                shape=shape,
                accelerator=accelerator,
                pull_secret=names[0],
                key_secret=names[1],
                claim=names[2],
                metric=metric,
            )

        objects = pulumi.Output.all(ngc.pull_secret, ngc.key_secret, (claim and claim.claim) or "").apply(operated)
        cache = late_custom_resource(
            f"{name}-cache",
            NimCache,
            objects.apply(cache_spec),
            metadata={"name": f"{name}-cache", "namespace": site.namespace},
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[
                    *([site.nim_operator] if site.nim_operator else []),
                    *accelerator.nodes,
                    *ngc.depends_on,
                    *(claim.depends_on if claim else ()),
                ],
            ),
        )
        service = late_custom_resource(
            name,
            NimService,
            objects.apply(partial(service_spec, f"{name}-cache")),
            metadata={"name": name, "namespace": site.namespace, "labels": labels(name), "annotations": READY},
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[cache, *site.metrics.ready], custom_timeouts=startup.timeouts
            ),
        )
        disruption_budget(name, selector=labels(name), namespace=site.namespace, opts=child)
        scrape(shape, site, child)
        reach(shape, site, child)
        url = pulumi.Output.format("http://{}.{}.svc:{}", name, site.namespace, NIM.port)
        after = pulumi.ResourceOptions(parent=self, depends_on=[service])
        _clients(name, args, url, site.namespace, child, after)
        return url


def _metric(name: str, shape: Shape, site: Site) -> str:
    """Return the name by which the operator's autoscaler finds the signal.

    Raises:
        pulumi.RunError: it has none.
    """
    metric = site.metrics.metric(shape.scaling.series, name)
    if not isinstance(metric, str):
        msg = f"{name}: the operator's autoscaler asks for a metric by its name, and nobody serves it by one"
        raise pulumi.RunError(msg)
    return metric


def _claim(deployment: NimThroughOperator, shape: Shape, site: Site) -> Volumes | None:
    """Return what all nodes can mount, where the operator makes no volume of its own."""
    return site.storage.volumes(shape.files) if site.storage.kind != "node" and not deployment.storage_class else None


def _clients(
    name: str,
    args: NimArgs,
    url: pulumi.Output[str],
    namespace: pulumi.Input[str],
    child: pulumi.ResourceOptions,
    after: pulumi.ResourceOptions,
) -> None:
    load_clients(
        name,
        args.load_clients,
        request=completion(args.served_model_name, args.load_clients),
        url=url,
        namespace=namespace,
        api_key=None,
        opts=after,
    )
    if args.load_test:
        load_test(name, args.load_test, model=args.served_model_name, url=url, namespace=namespace, opts=child)
