"""What servers on GPU nodes let in from outside their cluster: judgement, and what it costs."""

from checks import Finding
from checks.cost import PricedItem
from components.serving.settings import ClusterOnly, InternalAlb, Public, PublicAlb
from stacks.gpu.serving import GpuServing
from stacks.surroundings import Surroundings


def is_exposed(settings: GpuServing) -> bool:
    """Whether a server has a load balancer."""
    return any(not isinstance(server.exposure, ClusterOnly) for server in settings.servers.values())


def exposure_findings(settings: GpuServing, surroundings: Surroundings) -> list[Finding]:
    """Say which servers would be open to everybody, and which would wait for a load balancer that nothing makes."""
    findings: list[Finding] = []
    for name, server in settings.servers.items():
        path, kind = f"servers.{name}.exposure", server.exposure.type
        if isinstance(server.exposure, Public | PublicAlb) and not server.asks_for_key:
            findings.append(
                Finding(
                    "exposure.exposure",
                    path,
                    f"{kind!r} lets everybody in sourceRanges use the model, and this engine asks nobody for a key",
                    "write 'internal' or 'internal-alb', and put a gateway that authenticates before it",
                )
            )
        elif isinstance(server.exposure, Public | PublicAlb) and surroundings.api_key is None:
            findings.append(
                Finding(
                    "exposure.exposure",
                    path,
                    f"{kind!r} lets everybody in sourceRanges use the model, and there is no API key",
                    "run pulumi config set --secret slipway:apiKey <key>, or choose 'internal' or 'cluster'",
                )
            )
        elif not isinstance(server.exposure, ClusterOnly) and not settings.has_load_balancers:
            findings.append(
                Finding(
                    "exposure.exposure",
                    path,
                    f"{kind!r} needs a load balancer, and nothing in the cluster makes any",
                    "install the AWS Load Balancer Controller and add aws-load-balancer-controller to cluster.present, "
                    "or write 'cluster'",
                )
            )
    return findings


def load_balancer_items(settings: GpuServing, region: str, zones: int) -> list[PricedItem]:
    """Return the load balancers by the hour, public ones with an address in each zone; traffic is not counted."""

    def item(server: str, name: str, bought: str, number: int) -> PricedItem:
        path = f"servers.{server}.exposure"
        return PricedItem(path=path, name=name, item=bought, region=region, low=number, high=number)

    items: list[PricedItem] = []
    for name, server in settings.servers.items():
        if not isinstance(server.exposure, ClusterOnly):
            kind = "alb" if isinstance(server.exposure, InternalAlb | PublicAlb) else "nlb"
            items.append(item(name, f"load balancer of {name}", kind, 1))
        if isinstance(server.exposure, Public | PublicAlb):
            items.append(item(name, f"addresses of the load balancer of {name}", "aws-public-ipv4", zones))
    return items
