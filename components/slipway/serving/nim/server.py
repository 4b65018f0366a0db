"""NVIDIA NIM behind one Service, as a workload of its own: neither NVIDIA's chart nor its operator is needed.

The chart of NVIDIA gives a server two Services, both of which its monitor matches, so that every pod is scraped twice.
Here a monitor selects pods.
"""

import pulumi

from slipway.catalog.engines import NIM
from slipway.serving.load_clients import completion
from slipway.serving.load_test import load_test
from slipway.serving.nim.pod import nim_pod
from slipway.serving.nim.settings import NimArgs
from slipway.serving.replicas import Listening, deployment, surround
from slipway.serving.shape import Shape
from slipway.serving.site import Site
from slipway.workload import Accelerator


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
        shape: Shape,
        *,
        site: Site,
        accelerator: Accelerator,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("slipway:serving:NimServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pod = nim_pod(args, shape, site=site, accelerator=accelerator)
        workload = deployment(
            shape,
            {"metadata": {"labels": dict(shape.export.labels)}, "spec": pod},
            namespace=site.namespace,
            before=[*accelerator.nodes, *(site.ngc.depends_on if site.ngc else ())],
            parent=self,
        )
        reached = surround(
            args,
            shape,
            Listening(
                port=NIM.port,
                health_path=NIM.health_path,
                request=completion(args.served_model_name, args.load_clients),
            ),
            site=site,
            workload=workload,
            parent=self,
        )
        if args.load_test:
            load_test(
                name,
                args.load_test,
                model=args.served_model_name,
                url=reached.inside,
                namespace=site.namespace,
                opts=child,
            )
        self.url = reached.url
        self.register_outputs({"url": self.url})
