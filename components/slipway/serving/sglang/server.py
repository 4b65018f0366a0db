"""SGLang behind one Service, as a Deployment."""

import pulumi
from typing_extensions import override

from slipway.catalog.engines import SGLANG
from slipway.servers.model_server import ModelServer, Standing
from slipway.servers.sglang import SgLang
from slipway.serving.api_key import api_key
from slipway.serving.engine_pod import EngineRuntime
from slipway.serving.load_clients import completion
from slipway.serving.replicas import Listening, deployment, surround
from slipway.serving.service import propagation_seconds
from slipway.serving.sglang.pod import sglang_pod


class SgLangServer(ModelServer[SgLang]):
    """One model behind one Service, scaled on a signal of its engine.

    The Deployment states no `replicas`: the autoscaler owns them. A rollout takes a replica away before it adds its
    successor, since a full pool has no GPU to spare.
    """

    token = "slipway:serving:SgLangServer"

    @override
    def _create(self, args: SgLang, at: Standing) -> pulumi.Output[str]:
        site, shape = at.site, args.shape(at.place)
        key = api_key(shape, site, pulumi.ResourceOptions(parent=self))
        runtime = EngineRuntime.at(site, shape, at.accelerator)
        pod = sglang_pod(
            args,
            runtime,
            memory_share=args.memory_share(at.place),
            api_key=key,
            propagation_seconds=propagation_seconds(shape.exposure, site.load_balancers),
        )
        return surround(
            args,
            shape,
            Listening(
                port=SGLANG.port,
                health_path=SGLANG.health_path,
                request=completion(args.served_name, args.load_clients),
                # SGLang asks for the key on every path but those of health and metrics.
                public_path="/v1",
            ),
            site=site,
            workload=deployment(
                shape,
                runtime.template(pod, shape.export.labels),
                namespace=site.namespace,
                before=runtime.depends_on,
                parent=self,
            ),
            api_key=key,
            parent=self,
        ).url
