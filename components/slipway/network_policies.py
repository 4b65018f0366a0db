"""Who may reach whom in a namespace: nobody, but for what is said here. Clusters must enforce it; ours do.

Policies only add up, so each states what it lets through. A node always reaches its own pods: probes and
`kubectl port-forward` need no rule.
"""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""Addresses that are of no public network (RFC 1918 and RFC 6598): a VPC has some of them."""

LINK_LOCAL = "169.254.0.0/16"
"""What each node answers by itself: DNS caches, the metadata server of GKE, the Pod Identity agent of EKS. Instance
metadata of EC2 is one hop too far for pods."""

DNS_PORT = 53
HTTPS_PORTS = (443, 6443)
"""Model hubs, APIs of clouds and of Kubernetes. Their addresses change, and a policy knows no names."""

IDENTITY_PORTS = (80, 988)
"""Where link-local servers give pods their identity in a cloud."""

Peers = Sequence[k8s.networking.v1.NetworkPolicyPeerArgsDict]


def tcp(*ports: int) -> list[k8s.networking.v1.NetworkPolicyPortArgsDict]:
    """Return ports as a policy names them."""
    return [{"protocol": "TCP", "port": port} for port in ports]


def namespaces(*names: pulumi.Input[str]) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
    """Return all pods of some namespaces, by the label that Kubernetes itself gives these."""
    by_name: k8s.meta.v1.LabelSelectorRequirementArgsDict = {
        "key": "kubernetes.io/metadata.name",
        "operator": "In",
        "values": list(names),
    }
    return {"namespace_selector": {"match_expressions": [by_name]}}


def ranges(*cidrs: str) -> Peers:
    """Return whatever has an address of some ranges."""
    return [{"ip_block": {"cidr": cidr}} for cidr in cidrs]


def closed(
    name: str,
    *,
    namespace: pulumi.Input[str],
    within: bool = False,
    answers: Sequence[int] = (),
    opts: pulumi.ResourceOptions,
) -> k8s.networking.v1.NetworkPolicy:
    """Close a namespace: its pods get out to DNS, their cloud, HTTPS and one another, and hardly anybody gets in.

    Args:
        within: whether its pods answer one another; otherwise only those for which a policy of their own says so.
        answers: ports that anybody reaches, for what the API server asks: nothing tells its address from others.
    """
    ingress: list[k8s.networking.v1.NetworkPolicyIngressRuleArgsDict] = []
    if within:
        ingress.append({"from_": [{"pod_selector": {}}]})
    if answers:
        ingress.append({"ports": tcp(*answers)})
    dns: list[k8s.networking.v1.NetworkPolicyPortArgsDict] = [
        {"protocol": protocol, "port": DNS_PORT} for protocol in ("UDP", "TCP")
    ]
    return k8s.networking.v1.NetworkPolicy(
        name,
        metadata={"namespace": namespace},
        spec={
            "pod_selector": {},
            "policy_types": ["Ingress", "Egress"],
            "ingress": ingress,
            "egress": [
                {"to": [namespaces("kube-system"), *ranges(LINK_LOCAL)], "ports": dns},
                {"to": ranges(LINK_LOCAL), "ports": tcp(*IDENTITY_PORTS)},
                {"ports": tcp(*HTTPS_PORTS)},
                {"to": [{"pod_selector": {}}]},
            ],
        },
        opts=opts,
    )
