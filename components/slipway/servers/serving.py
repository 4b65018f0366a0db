"""A model server for programs of one's own: judged as a stack file would be, and created if there is no mistake."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pulumi

from slipway.catalog.architecture import Model
from slipway.checks import Finding, errors
from slipway.reading import read
from slipway.refused import Refused
from slipway.servers import ENGINES, AnyServer
from slipway.servers.model_server import judged, place_at
from slipway.serving.site import Site
from slipway.workload import Nodes


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
            only_warn: whether mistakes are logged, and the server is created all the same.

        Raises:
            Refused: a key is wrong, or there is an error and `only_warn` is not set.
        """
        args = _read(name, server, nodes.facts.path.rpartition(".")[2])
        place = place_at(name, nodes=nodes, site=site, namespace=namespace, models=models)
        self.findings = judged(args, place, nodes=nodes, site=site, only_warn=only_warn)
        super().__init__("slipway:serving:Serving", name, None, opts)
        self.url = args.component()(
            name,
            args,
            nodes=nodes,
            site=site,
            namespace=namespace,
            models=models,
            findings=self.findings,
            opts=pulumi.ResourceOptions(parent=self),
        ).url
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
