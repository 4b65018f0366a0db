"""Who reaches the pods of a server: its clients, its load balancer, its collector, and whom a person names."""

import pulumi
import pulumi_kubernetes as k8s

from slipway.network_policies import Peers, namespaces, ranges, tcp
from slipway.serving.by_hand import job_labels
from slipway.serving.exposure import ClusterOnly
from slipway.serving.shape import Shape
from slipway.serving.site import Site
from slipway.workload import labels


def reach(shape: Shape, site: Site, opts: pulumi.ResourceOptions) -> k8s.networking.v1.NetworkPolicy:
    """Let in who has business with a server, in a namespace that is closed to everybody else."""
    ports = shape.export.ports
    for_clients = [number for port, number in ports.items() if port != "metrics"]
    rules: list[k8s.networking.v1.NetworkPolicyIngressRuleArgsDict] = [
        {"from_": [*_clients(shape, site)], "ports": tcp(*for_clients)},
        {"from_": [site.metrics.collectors], "ports": tcp(ports[shape.page.port])},
    ]
    own: k8s.meta.v1.LabelSelectorArgsDict = {"match_labels": labels(shape.name)}
    if shape.export.workload.kind == "LeaderWorkerSet":
        # Hosts of a replica find ports for one another as they start.
        rules.append({"from_": [{"pod_selector": own}]})
    return k8s.networking.v1.NetworkPolicy(
        shape.name,
        metadata={"name": shape.name, "namespace": site.namespace, "labels": labels(shape.name)},
        spec={"pod_selector": own, "policy_types": ["Ingress"], "ingress": rules},
        opts=opts,
    )


def _clients(shape: Shape, site: Site) -> Peers:
    name = shape.name
    own = [labels(f"{name}-load"), job_labels(f"{name}-load-test"), job_labels(f"{name}-benchmark")]
    named = [each["app.kubernetes.io/name"] for each in own]
    by_name: k8s.meta.v1.LabelSelectorRequirementArgsDict = {
        "key": "app.kubernetes.io/name",
        "operator": "In",
        "values": named,
    }
    found: list[k8s.networking.v1.NetworkPolicyPeerArgsDict] = [{"pod_selector": {"match_expressions": [by_name]}}]
    if shape.allow_from:
        found.append(namespaces(*shape.allow_from))
    if not isinstance(shape.exposure, ClusterOnly) and site.load_balancers:
        found += ranges(*site.load_balancers.sources)
    return found
