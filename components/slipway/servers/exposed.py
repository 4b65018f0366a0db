"""Whether a server would be open to everybody, or wait for a load balancer that nothing makes."""

from collections.abc import Iterator
from typing import NamedTuple

from slipway.checks import Finding
from slipway.checks.networks import admitted_findings
from slipway.servers import AnyServer
from slipway.serving.exposure import ClusterOnly, PublicAlb


class NoLoadBalancer(NamedTuple):
    """Why a cluster can make no load balancer of a type, and what to write instead."""

    reason: str
    remedy: str


def exposure_findings(
    server: AnyServer, path: str, *, keyed: bool, lacking: NoLoadBalancer | None
) -> Iterator[Finding]:
    """Judge who can reach a server from outside its cluster.

    Args:
        path: where the server is.
        keyed: whether there is an API key.
        lacking: why the cluster makes no load balancer of the type that the server asks for, if it asks for one.
    """
    path = f"{path}.exposure"
    given = enumerate(getattr(server.exposure, "source_ranges", ()))
    yield from admitted_findings({f"{path}.sourceRanges.{index}": text for index, text in given}, internet=True)
    kind, public = server.exposure.type, isinstance(server.exposure, PublicAlb)
    if public and not server.asks_for_key:
        message = f"{kind!r} lets everybody in sourceRanges use the model, and this engine asks nobody for a key"
        remedy = "write 'internal', and put a gateway that authenticates before it"
        yield Finding("exposure.no-authentication", path, message, remedy)
    elif public and not keyed:
        message = f"{kind!r} lets everybody in sourceRanges use the model, and there is no API key"
        remedy = "run pulumi config set --secret slipway:apiKey <key>, or choose 'internal' or 'cluster'"
        yield Finding("exposure.no-key", path, message, remedy)
    elif not isinstance(server.exposure, ClusterOnly) and lacking:
        message = f"{kind!r} needs a load balancer, and {lacking.reason}"
        yield Finding("exposure.no-load-balancer", path, message, lacking.remedy)
