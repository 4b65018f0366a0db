"""Where a server is reached: one Service, and what of it leaves the cluster."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi
import pulumi_kubernetes as k8s

from slipway.network_policies import PRIVATE_RANGES
from slipway.serving.exposure import ClusterOnly, Internal, InternalAlb, PublicAlb
from slipway.workload import ENDPOINT_PROPAGATION_SECONDS, labels

Balanced = Internal | InternalAlb | PublicAlb
"""Exposures that a load balancer makes."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Addresses of a server.

    Attributes:
        inside: for clients in the cluster.
        url: for the clients that the exposure lets in.
    """

    inside: pulumi.Output[str]
    url: pulumi.Output[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a load balancer is told of the pods behind it.

    Attributes:
        health_path: answers 200 while a pod can be asked.
        drain_seconds: longest time for which a stopping pod finishes its requests.
        public_path: the paths that a stranger may ask, where the load balancer reads paths: those that want the key.
    """

    health_path: str
    drain_seconds: int
    public_path: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancers:
    """How a cloud makes load balancers.

    Attributes:
        annotations: those of the Service with this port, or of the Ingress of an Application Load Balancer.
        address: what the cloud calls a load balancer by.
        propagation_seconds: time for which one that spreads connections opens new ones to a pod that is going.
        namespace_labels: those of the servers' namespace.
        sources: ranges with the addresses from which connections come to the pods.
        external_traffic_policy: of their Services; Kubernetes' own if None.
        ready: what makes them; it must outlive them, or nothing removes them.
    """

    annotations: Callable[[Balanced, Behind, int], Mapping[str, str]]
    address: Literal["ip", "hostname"]
    propagation_seconds: int = ENDPOINT_PROPAGATION_SECONDS
    namespace_labels: Mapping[str, str] = field(default_factory=dict[str, str])
    sources: Sequence[str] = PRIVATE_RANGES
    external_traffic_policy: Literal["Local"] | None = None
    ready: Sequence[pulumi.Resource] = ()


def propagation_seconds(exposure: ClusterOnly | Balanced, load_balancers: LoadBalancers | None) -> int:
    """Return the time for which a stopping pod still gets new connections: so long it waits before it drains."""
    if load_balancers and isinstance(exposure, Internal):
        return load_balancers.propagation_seconds
    return ENDPOINT_PROPAGATION_SECONDS


def endpoint(
    name: str,
    exposure: ClusterOnly | Balanced,
    *,
    namespace: pulumi.Input[str],
    selector: Mapping[str, str],
    port: int,
    more_ports: Mapping[str, int] | None = None,
    load_balancers: LoadBalancers | None = None,
    behind: Behind | None = None,
    opts: pulumi.ResourceOptions,
) -> Endpoint:
    """Create the Service of a server; unless the stack file says otherwise it has no load balancer.

    Args:
        more_ports: further ports of the pods, by name.
        load_balancers: how the cloud makes them; together with `behind` needed for everything but `cluster`.

    Raises:
        pulumi.RunError: the server is to have a load balancer, and nothing here makes any.
    """

    def service(
        spec: k8s.core.v1.ServiceSpecArgsDict, annotations: Mapping[str, str], opts: pulumi.ResourceOptions
    ) -> tuple[k8s.core.v1.Service, pulumi.Output[str]]:
        created = k8s.core.v1.Service(
            name,
            metadata={"name": name, "namespace": namespace, "labels": labels(name), "annotations": annotations},
            spec={
                **spec,
                "selector": dict(selector),
                "ports": [
                    {"name": each, "port": number, "target_port": each}
                    for each, number in {"http": port, **(more_ports or {})}.items()
                ],
            },
            opts=opts,
        )
        return created, pulumi.Output.format(
            "http://{name}.{namespace}.svc:{port}", name=created.metadata["name"], namespace=namespace, port=port
        )

    if isinstance(exposure, ClusterOnly):
        _, inside = service({"type": "ClusterIP"}, {}, opts)
        return Endpoint(inside, inside)
    if load_balancers is None or behind is None:
        msg = f"{name}: nothing here makes the load balancer that exposure {exposure.type!r} asks for"
        raise pulumi.RunError(msg)
    annotations = load_balancers.annotations(exposure, behind, port)
    after = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*load_balancers.ready]))
    scheme, shown = "http", f":{port}"
    match exposure:
        case Internal():
            policy = load_balancers.external_traffic_policy
            balanced, inside = service({"type": "LoadBalancer", "external_traffic_policy": policy}, annotations, after)
        case InternalAlb(certificate_arn=certificate) | PublicAlb(certificate_arn=certificate):
            pods, inside = service({"type": "ClusterIP"}, {}, opts)
            path = behind.public_path if isinstance(exposure, PublicAlb) else "/"
            balanced = _ingress(pods, name, namespace, annotations, path, after)
            scheme, shown = ("https" if certificate else "http"), ""
    first = balanced.status.load_balancer.ingress[0]
    address = first.ip if load_balancers.address == "ip" else first.hostname
    url = pulumi.Output.format("{scheme}://{address}{port}", scheme=scheme, address=address, port=shown)
    return Endpoint(inside, url)


def _ingress(
    service: k8s.core.v1.Service,
    name: str,
    namespace: pulumi.Input[str],
    annotations: Mapping[str, str],
    path: str,
    opts: pulumi.ResourceOptions,
) -> k8s.networking.v1.Ingress:
    return k8s.networking.v1.Ingress(
        name,
        metadata={"name": name, "namespace": namespace, "labels": labels(name), "annotations": annotations},
        spec={
            "ingress_class_name": "alb",
            "rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": path,
                                "path_type": "Prefix",
                                "backend": {
                                    "service": {"name": service.metadata["name"], "port": {"name": "http"}},
                                },
                            }
                        ]
                    }
                }
            ],
        },
        opts=opts,
    )
