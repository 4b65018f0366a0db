"""A model server as a component, whatever its engine: judged as a stack file would be, and created if there is no
mistake."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar, cast

import pulumi

from slipway.addons.metrics import Metrics
from slipway.catalog.architecture import Model
from slipway.catalog.models import MODELS
from slipway.checks import Finding, errors
from slipway.refused import Refused
from slipway.servers import AnyServer
from slipway.servers.exposed import NoLoadBalancer, exposure_findings
from slipway.servers.judgement import judge
from slipway.servers.server import Place
from slipway.serving.site import Site
from slipway.workload import Accelerator, Asked, Nodes

NO_LOAD_BALANCER = NoLoadBalancer(
    "nothing in the cluster makes any", "give the site load_balancers, or write 'cluster'"
)

ServerT = TypeVar("ServerT", bound=AnyServer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a server is made of beside its settings.

    Attributes:
        place: where it runs, as far as settings say it.
        site: what it finds there.
        accelerator: what its pods ask of their nodes.
    """

    place: Place
    site: Site
    accelerator: Accelerator


class ModelServer(pulumi.ComponentResource, ABC, Generic[ServerT]):
    """One model behind one Service, scaled on a signal of its engine.

    Attributes:
        url: where clients send requests; inside the cluster unless the server is exposed.
        findings: the warnings about it, and the errors where these only warn.
    """

    token: ClassVar[str]
    """The type of the component, as URNs have it."""

    url: pulumi.Output[str]
    findings: Sequence[Finding]

    def __init__(
        self,
        name: str,
        args: ServerT,
        *,
        nodes: Nodes,
        site: Site,
        namespace: str,
        models: Mapping[str, Model] | None = None,
        only_warn: bool = False,
        findings: Sequence[Finding] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Judge it, and create it.

        Args:
            name: of the server, and so of its Service.
            args: its settings.
            nodes: what its replicas run on, which no other server is counted on.
            site: what it finds there.
            namespace: the name of the site's namespace.
            models: models that the catalog lacks, by their names on Hugging Face.
            only_warn: whether mistakes are logged, and the server is created all the same.
            findings: what is still to be said of it where it has been judged, as a stack judges all of its servers
                together; it is judged here when left out.

        Raises:
            Refused: there is an error, and `only_warn` is not set.
            pulumi.RunError: the settings are those of another component.
        """
        if not isinstance(self, wanted := args.component()):
            message = f"server {name!r}: {type(self).__name__} cannot make what its settings say; use {wanted.__name__}"
            raise pulumi.RunError(message)
        place = place_at(name, nodes=nodes, site=site, namespace=namespace, models=models)
        found = judged(args, place, nodes=nodes, site=site, only_warn=only_warn) if findings is None else findings
        super().__init__(self.token, name, None, opts)
        self.findings = found
        for finding in found:
            pulumi.log.warn(str(finding), self)
        self.url = self._create(
            args, Standing(place=place, site=site, accelerator=_accelerator(args, place, nodes, site))
        )
        self.register_outputs({"url": self.url})

    @abstractmethod
    def _create(self, args: ServerT, at: Standing) -> pulumi.Output[str]:
        """Create its resources as children, and return where clients send requests."""


def place_at(
    name: str, *, nodes: Nodes, site: Site, namespace: str, models: Mapping[str, Model] | None = None
) -> Place:
    """Return where a server runs that stands by itself."""
    return Place(
        path=name,
        name=name,
        namespace=namespace,
        models={**MODELS, **(models or {})},
        slices=nodes.facts.slices,
        storage=site.storage.kind,
    )


def judged(server: AnyServer, place: Place, *, nodes: Nodes, site: Site, only_warn: bool) -> Sequence[Finding]:
    """Return what there is to say of a server that has its nodes to itself.

    Raises:
        Refused: there is an error, and `only_warn` is not set.
    """
    metrics = cast("Metrics | None", getattr(site.metrics, "facts", None))
    lacking = None if site.load_balancers else NO_LOAD_BALANCER
    found = [
        *judge(server, place, nodes.facts, metrics=metrics),
        *exposure_findings(server, place.path, keyed=site.api_key is not None, lacking=lacking),
    ]
    if errors(found) and not only_warn:
        raise Refused(found, f"server {place.name!r}")
    return found


def _accelerator(server: AnyServer, place: Place, nodes: Nodes, site: Site) -> Accelerator:
    needs = server.needs(place)
    asked = Asked(needs.chips, memory_gib=needs.memory_gib, shared_memory_gib=needs.shared_memory_gib)
    accelerator = nodes.accelerator(asked)
    return replace(accelerator, nodes=[*accelerator.nodes, *([site.device_plugin] if site.device_plugin else [])])
