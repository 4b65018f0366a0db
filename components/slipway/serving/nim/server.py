"""NVIDIA NIM behind one Service, as a workload of its own: neither NVIDIA's chart nor its operator is needed.

The chart of NVIDIA gives a server two Services, both of which its monitor matches, so that every pod is scraped twice.
Here a monitor selects pods.
"""

import pulumi
from typing_extensions import override

from slipway.catalog.engines import NIM
from slipway.servers.model_server import ModelServer, Standing
from slipway.servers.nim import Nim
from slipway.serving.load_clients import completion
from slipway.serving.load_test import load_test
from slipway.serving.nim.pod import nim_pod
from slipway.serving.replicas import Listening, deployment, surround


class NimServer(ModelServer[Nim]):
    """One model behind one Service, scaled on a signal of its engine.

    The Deployment states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full pool has no GPU to spare.
    """

    token = "slipway:serving:NimServer"

    @override
    def _create(self, args: Nim, at: Standing) -> pulumi.Output[str]:
        site, accelerator, shape = at.site, at.accelerator, args.shape(at.place)
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
                shape.name,
                args.load_test,
                model=args.served_model_name,
                url=reached.inside,
                namespace=site.namespace,
                opts=pulumi.ResourceOptions(parent=self),
            )
        return reached.url
