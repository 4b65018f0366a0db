"""Where a server is reached: one Service, and what of it leaves the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.serving.settings import ClusterOnly, Internal, Public


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Addresses of a server.

    Attributes:
        inside: for clients in the cluster.
        url: for the clients that the exposure lets in.
    """

    inside: pulumi.Output[str]
    url: pulumi.Output[str]


def endpoint(
    name: str,
    exposure: ClusterOnly | Internal | Public,
    *,
    namespace: pulumi.Input[str],
    selector: Mapping[str, str],
    port: int,
    opts: pulumi.ResourceOptions,
) -> Endpoint:
    """Create the Service of a server; without `internal` or `public` in the stack file it has no load balancer."""
    match exposure:
        case ClusterOnly():
            annotations: dict[str, str] = {}
            spec: k8s.core.v1.ServiceSpecArgsDict = {"type": "ClusterIP"}
        case Internal():
            annotations = {"networking.gke.io/load-balancer-type": "Internal"}
            spec = {"type": "LoadBalancer"}
        case Public():
            annotations = {}
            spec = {"type": "LoadBalancer", "load_balancer_source_ranges": exposure.source_ranges}
    service = k8s.core.v1.Service(
        name,
        metadata={"name": name, "namespace": namespace, "annotations": annotations},
        spec={
            **spec,
            "selector": dict(selector),
            "ports": [{"name": "http", "port": port, "target_port": "http"}],
        },
        opts=opts,
    )
    inside = pulumi.Output.format(
        "http://{name}.{namespace}.svc:{port}", name=service.metadata["name"], namespace=namespace, port=port
    )
    if isinstance(exposure, ClusterOnly):
        return Endpoint(inside, inside)
    address = service.status.load_balancer.ingress[0].ip
    return Endpoint(inside, pulumi.Output.format("http://{address}:{port}", address=address, port=port))
