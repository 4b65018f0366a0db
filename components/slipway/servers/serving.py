"""A model server for programs of one's own: judged as a stack file would be, and created if there is no mistake."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pulumi

from slipway.addons.metrics import Metrics
from slipway.catalog.architecture import Model
from slipway.catalog.models import MODELS
from slipway.checks import Finding, errors
from slipway.reading import read
from slipway.refused import Refused
from slipway.servers import ENGINES, AnyServer, Place
from slipway.servers.exposed import NoLoadBalancer, exposure_findings
from slipway.servers.judgement import judge
from slipway.serving.site import Site
from slipway.workload import Asked, Nodes

NO_LOAD_BALANCER = NoLoadBalancer(
    "nothing in the cluster makes any", "give the site load_balancers, or write 'cluster'"
)


class Serving(pulumi.ComponentResource):
    """One model behind one Service, scaled on a signal of its engine, on nodes that a program gives.

    Attributes:
        url: where clients send requests.
        findings: the warnings about it, and the errors where these only warn.
    """

    url: pulumi.Output[str]
    findings: Sequence[Finding]

    def __init__(
        self,
        name: str,
        server: Mapping[str, Any],
        *,
        nodes: Nodes,
        site: Site,
        namespace: str,
        models: Mapping[str, Model] | None = None,
        driver: int | None = None,
        only_warn: bool = False,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Judge it, and create it.

        Args:
            name: of the server, and so of its Service.
            server: what stands beneath a server's name in a stack file, without `pool`.
            nodes: what its replicas run on, which no other server is counted on.
            site: what it finds there.
            namespace: the name of the site's namespace.
            models: models that the catalog lacks, by their names on Hugging Face.
            driver: branch of the NVIDIA driver on the nodes, where it is known.
            only_warn: whether mistakes are logged, and the server is created all the same.

        Raises:
            Refused: a key is wrong, or there is an error and `only_warn` is not set.
        """
        args = _read(name, server, nodes.facts.path.rpartition(".")[2])
        place = Place(
            path=name,
            name=name,
            namespace=namespace,
            models={**MODELS, **(models or {})},
            slices=nodes.facts.slices,
            storage=site.storage.kind,
        )
        metrics = cast("Metrics | None", getattr(site.metrics, "facts", None))
        lacking = None if site.load_balancers else NO_LOAD_BALANCER
        self.findings = [
            *judge(args, place, nodes.facts, metrics=metrics, driver=driver),
            *exposure_findings(args, name, keyed=site.api_key is not None, lacking=lacking),
        ]
        if errors(self.findings) and not only_warn:
            raise Refused(self.findings, f"server {name!r}")
        super().__init__("slipway:serving:Serving", name, None, opts)
        for finding in self.findings:
            pulumi.log.warn(str(finding), self)
        needs = args.needs(place)
        accelerator = nodes.accelerator(
            Asked(needs.chips, memory_gib=needs.memory_gib, shared_memory_gib=needs.shared_memory_gib)
        )
        self.url = args.deploy(place, site=site, accelerator=accelerator, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"url": self.url})


def _read(name: str, server: Mapping[str, Any], pool: str) -> AnyServer:
    engine = str(server.get("engine", ""))
    if engine not in ENGINES:
        message = f"{engine!r} is not a choice" if engine else "is missing"
        raise _refused(name, [Finding("settings.choice", "engine", message, f"write one of {', '.join(ENGINES)}")])
    reading = read(ENGINES[engine], {**server, "pool": pool})
    if reading.settings is None or errors(reading.findings):
        raise _refused(name, reading.findings)
    return cast(AnyServer, reading.settings)


def _refused(name: str, findings: Iterable[Finding]) -> Refused:
    return Refused([replace(finding, path=f"{name}.{finding.path}") for finding in findings], f"server {name!r}")
