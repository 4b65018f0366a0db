"""SGLang behind one Service, as a Deployment."""

import pulumi

from slipway.catalog.engines import SGLANG
from slipway.serving.api_key import api_key
from slipway.serving.engine_pod import EngineRuntime
from slipway.serving.load_clients import completion
from slipway.serving.replicas import Listening, deployment, surround
from slipway.serving.service import propagation_seconds
from slipway.serving.sglang.pod import sglang_pod
from slipway.serving.sglang.settings import SgLangArgs
from slipway.serving.shape import EngineShape
from slipway.serving.site import Site
from slipway.workload import Accelerator


class SgLangServer(pulumi.ComponentResource):
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
        args: SgLangArgs,
        shape: EngineShape,
        *,
        memory_share: float,
        site: Site,
        accelerator: Accelerator,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it.

        Args:
            memory_share: of a GPU's memory, what weights and KV cache take.
        """
        super().__init__("slipway:serving:SgLangServer", name, None, opts)
        key = api_key(shape, site, pulumi.ResourceOptions(parent=self))
        runtime = EngineRuntime.at(site, shape, accelerator)
        pod = sglang_pod(
            args,
            runtime,
            memory_share=memory_share,
            api_key=key,
            propagation_seconds=propagation_seconds(shape.exposure, site.load_balancers),
        )
        self.url = surround(
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
        self.register_outputs({"url": self.url})
